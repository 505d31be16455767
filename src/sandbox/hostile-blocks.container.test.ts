import { mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import Docker from 'dockerode';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { createSmallProject, type SmallProject } from '../../test/small-project.ts';
import { createSandboxClock } from '../kernel/clock.ts';
import { loadProject } from '../run/project.ts';
import { connectEngine } from './engine.ts';
import { takeLease } from './lease.ts';
import { removeSandbox } from './remove-sandbox.ts';
import type { Sandbox } from './sandbox.ts';
import { readSetupManifest } from './setup-manifest.ts';
import { startSandbox } from './start-sandbox.ts';
import { hostileBlocks, type HostileBlock } from './testing/hostile-blocks.ts';
import {
  bridgeAddress,
  createHostileWorld,
  listenOnHost,
  type HostileWorld,
  type Ran,
} from './testing/hostile-world.ts';

let project: SmallProject;
let sandbox: Sandbox;
let world: HostileWorld;
let host: Awaited<ReturnType<typeof listenOnHost>>;
beforeAll(async () => {
  project = await createSmallProject();
  const { directory } = project;
  await symlink('/', path.join(directory, 'out'));
  for (const folder of ['.git', 'reports']) await mkdir(path.join(directory, folder));
  await writeFile(path.join(directory, '.git/config'), 'hidden credentials');
  await writeFile(path.join(directory, 'reports/history.jsonl'), 'a line\n');
  const { config } = await loadProject(directory);
  const manifest = await readSetupManifest(directory);
  host = await listenOnHost();
  const hosts = [{ host: 'allowed.test', port: host.ports[0] ?? 0, address: await bridgeAddress(new Docker()) }];
  sandbox = await startSandbox({
    projectDir: directory,
    config: { ...config, hosts },
    manifest,
    clock: createSandboxClock(5),
    startWithinMs: 120_000,
    lease: takeLease(directory, 'test'),
  });
  world = await createHostileWorld(sandbox, manifest, host.ports);
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
  host.close();
  await removeSandbox(await connectEngine(), { id: sandbox.id, projectDir: project.directory });
  await project[Symbol.asyncDispose]();
});

/** Everything that an attack could have done; put back afterwards, so that the next one starts from the same. */
async function harmsOf({ output }: Ran, { harm }: HostileBlock): Promise<readonly string[]> {
  const harms: string[] = [...(await world.harms())];
  if (harms.length > 0) await world.restore();
  const sought = harm instanceof RegExp ? harm : /SECRET/;
  const source = sought.source.replace('SECRET', world.secret).replace('MARK', world.mark);
  return new RegExp(source, sought.flags).test(output) ? [...harms, 'printed'] : harms;
}

describe.each(hostileBlocks)('$what', (block) => {
  test('fails through the wall', async () => {
    const ran = await world.runWalled(block.script);
    expect(await harmsOf(ran, block), ran.output).toEqual([]);
    expect(ran.output).toMatch(block.says ?? /(?:)/);
    expect(ran.exitCode === 0, `exit code ${ran.exitCode}`).toBe(block.endsWell === true && ran.exitCode === 0);
    const attempts = ran.events.filter(({ outcome }) => outcome === 'refused').map(({ attempt }) => attempt);
    const told = attempts.some((attempt) => block.attempt?.test(attempt));
    expect(told, attempts.join('; ')).toBe(block.attempt !== undefined);
  });

  test.skipIf(block.notShown !== undefined)('works on the engine’s own socket', async () => {
    const ran = await world.runBare(block.script);
    expect(await harmsOf(ran, block), ran.output).toContain(block.harm instanceof RegExp ? 'printed' : block.harm);
  });
});
