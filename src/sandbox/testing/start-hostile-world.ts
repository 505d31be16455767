import { mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import Docker from 'dockerode';

import { createSmallProject } from '../../../test/support/small-project.ts';
import { createSandboxClock } from '../../kernel/clock.ts';
import { loadProject } from '../../scenario/load-project.ts';
import { takeLease } from '../lease.ts';
import { removeSandbox } from '../remove-sandbox.ts';
import type { Sandbox } from '../sandbox.ts';
import { readSetupManifest } from '../setup-manifest.ts';
import { startSandbox } from '../start-sandbox.ts';
import { bridgeAddress, createHostileWorld, listenOnHost, type HostileWorld } from './hostile-world.ts';

export interface Started extends AsyncDisposable {
  readonly directory: string;
  readonly sandbox: Sandbox;
  readonly world: HostileWorld;
}

/**
 * A sandbox of a small project with things worth stealing, its wall open, and victims beside it. The configuration
 * allows `allowed.test` at the listener's port.
 */
export async function startHostileWorld(): Promise<Started> {
  const project = await createSmallProject();
  const { directory } = project;
  await symlink('/', path.join(directory, 'out'));
  for (const folder of ['.git', 'reports']) await mkdir(path.join(directory, folder));
  await writeFile(path.join(directory, '.git/config'), 'hidden credentials');
  await writeFile(path.join(directory, 'reports/history.jsonl'), 'a line\n');
  const { config } = await loadProject(directory);
  const manifest = await readSetupManifest(directory);
  const docker = new Docker();
  const host = await listenOnHost();
  const hosts = [{ host: 'allowed.test', port: host.ports[0] ?? 0, address: await bridgeAddress(docker) }];
  const sandbox = await startSandbox({
    projectDir: directory,
    config: {
      ...config,
      hosts,
      limits: { ...config.limits, fleet: { ...config.limits.fleet, disk: 512 * 1024 ** 2 } },
    },
    manifest,
    clock: createSandboxClock(5),
    startWithinMs: 120_000,
    lease: takeLease(directory, 'test'),
  });
  const world = await createHostileWorld(sandbox, manifest, host.ports);
  return {
    directory,
    sandbox,
    world,
    async [Symbol.asyncDispose]() {
      await world[Symbol.asyncDispose]();
      host.close();
      await removeSandbox(docker, { id: sandbox.id, projectDir: directory });
      await project[Symbol.asyncDispose]();
    },
  };
}
