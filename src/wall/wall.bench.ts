/** The cost of the wall: each call through the wall and on the engine's own socket, measured in one run. */
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { exitOf, runScript } from '../../test/support/twin-operator.ts';
import { startWalledSandbox, type WalledSandbox } from '../../test/support/walled-sandbox.ts';

type Client = WalledSandbox['bare'];

let walled: WalledSandbox;
let redis: string;
beforeAll(async () => {
  walled = await startWalledSandbox();
  redis = await walled.sandbox.containerId('redis');
}, 180_000);
afterAll(() => walled[Symbol.asyncDispose](), 60_000);

/** Runs a command in a container, and returns how many bytes it printed. */
async function run(docker: Client, argv: readonly string[]): Promise<number> {
  const exec = await docker.getContainer(redis).exec({ Cmd: [...argv], AttachStdout: true });
  const stream = await exec.start({ hijack: true });
  const stdout = new PassThrough();
  docker.modem.demuxStream(stream, stdout, stdout);
  stream.once('end', () => stdout.end());
  let size = 0;
  for await (const chunk of stdout) size += (chunk as Buffer).length;
  if ((await exitOf(exec)) !== 0) throw new Error(`${argv.join(' ')} failed`);
  return size;
}

const calls = {
  '/_ping': { iterations: 200, call: (docker: Client) => docker.ping() },
  'the list of containers': { iterations: 100, call: (docker: Client) => docker.listContainers({ all: true }) },
  'one container': { iterations: 100, call: (docker: Client) => docker.getContainer(redis).inspect() },
  'a command in a container': { iterations: 10, call: (docker: Client) => run(docker, ['true']) },
  '50 MB out of a container': {
    iterations: 3,
    call: async (docker: Client) => {
      const size = await run(docker, ['head', '-c', '50000000', '/dev/zero']);
      if (size !== 50_000_000) throw new Error(`${size} bytes arrived`);
    },
  },
} as const;

test.for(Object.entries(calls))('%s', async ([name, { iterations, call }], { bench }) => {
  const results = await bench.compare(
    bench(`${name}, on the engine's socket`, async () => void (await call(walled.bare))),
    bench(`${name}, through the wall`, async () => void (await call(walled.through))),
    { iterations, time: 0 },
  );
  expect(results).toBeDefined();
});

test('docker compose ps', async ({ bench }) => {
  const ps = async (container: WalledSandbox['operator']): Promise<void> => {
    const { exitCode } = await runScript(walled.bare, container, 'docker compose ps > /dev/null');
    if (exitCode !== 0) throw new Error('it failed');
  };
  const results = await bench.compare(
    bench("docker compose ps, on the engine's socket", () => ps(walled.twin)),
    bench('docker compose ps, through the wall', () => ps(walled.operator)),
    { iterations: 10, time: 0 },
  );
  expect(results).toBeDefined();
});
