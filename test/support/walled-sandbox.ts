import path from 'node:path';
import Docker from 'dockerode';

import { createSandboxClock } from '../../src/kernel/clock.ts';
import { loadProject } from '../../src/scenario/load-project.ts';
import { connectEngine } from '../../src/sandbox/engine.ts';
import { takeLease } from '../../src/sandbox/lease.ts';
import { removeSandbox } from '../../src/sandbox/remove-sandbox.ts';
import { foldersOf } from '../../src/sandbox/sandbox-record.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { readSetupManifest } from '../../src/sandbox/setup-manifest.ts';
import { startSandbox } from '../../src/sandbox/start-sandbox.ts';
import type { WallEvent } from '../../src/wall/open-wall.ts';
import { openShort } from '../../src/wall/socket-folder.ts';
import { createSmallProject } from './small-project.ts';
import { createTwin } from './twin-operator.ts';

/** A small sandbox with its wall open, and the way to the engine both through the wall and around it. */
export interface WalledSandbox extends AsyncDisposable {
  readonly sandbox: Sandbox;
  /** Client of the engine itself, in this process. */
  readonly bare: Docker;
  /** Client behind the wall, in this process. */
  readonly through: Docker;
  /** Container with the docker commands, behind the wall. */
  readonly operator: Docker.Container;
  /** The same container with the engine's own socket. */
  readonly twin: Docker.Container;
  /** What the wall refused, skipped or reported. */
  readonly events: readonly WallEvent[];
  openWall(): Promise<void>;
  closeWall(): Promise<void>;
}

/** Starts a sandbox of `fixtures/small-fleet` with `files` written over it. Its clock runs in real time. */
export async function startWalledSandbox(files: Readonly<Record<string, string>> = {}): Promise<WalledSandbox> {
  const project = await createSmallProject(files);
  const bare = await connectEngine();
  const { config } = await loadProject(project.directory);
  const sandbox = await startSandbox({
    projectDir: project.directory,
    config,
    manifest: await readSetupManifest(project.directory),
    clock: createSandboxClock(1),
    startWithinMs: 120_000,
    lease: takeLease(project.directory, 'test'),
  });
  const events: WallEvent[] = [];
  const open = (): ReturnType<Sandbox['openWall']> => sandbox.openWall((event) => events.push(event));
  let wall = await open();
  const short = await openShort(foldersOf(sandbox.directory).wall);
  const operator = bare.getContainer(`${sandbox.project}-operator`);
  return {
    sandbox,
    bare,
    through: new Docker({ socketPath: path.join(short.own, 'docker.sock') }),
    operator,
    twin: await createTwin(bare, operator.id),
    events,
    openWall: async () => void (wall = await open()),
    closeWall: () => wall.close(),
    async [Symbol.asyncDispose]() {
      await wall.close();
      await short.close();
      await removeSandbox(bare, { id: sandbox.id, projectDir: project.directory });
      await project[Symbol.asyncDispose]();
    },
  };
}
