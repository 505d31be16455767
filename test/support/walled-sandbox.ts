import path from 'node:path';
import Docker from 'dockerode';

import { connectEngine } from '../../src/sandbox/engine.ts';
import { foldersOf } from '../../src/sandbox/sandbox-record.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import type { WallEvent } from '../../src/wall/open-wall.ts';
import { openShort } from '../../src/wall/socket-folder.ts';
import { startSmallSandbox } from './start-small-sandbox.ts';
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
  const small = await startSmallSandbox(1, files);
  const { sandbox } = small;
  const bare = await connectEngine();
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
      await small[Symbol.asyncDispose]();
    },
  };
}
