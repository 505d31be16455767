/** What redis-cli was told although its output goes into a pipe or a file, and it ends with 0. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { startRedis, type TestRedis } from '../sandbox/testing/start-redis.ts';
import { runBlock } from './testing/run-block.ts';
import { startTestHost, type TestHost } from './testing/start-host.ts';

let host: TestHost;
let redis: TestRedis;
let folder = '';
beforeAll(async () => {
  redis = await startRedis();
  host = await startTestHost();
  folder = await mkdtemp(path.join(tmpdir(), 'drillbook-cast-'));
});
afterAll(async () => {
  await host[Symbol.asyncDispose]();
  await redis[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

/** Each redis-cli of the block: the error that it was told, and if the block itself got it. `cli` calls it. */
async function replies(code: string): Promise<readonly (readonly [error: string | undefined, captured?: true])[]> {
  const address = redis.container.getIpAddress('bridge');
  const { commands } = await runBlock(
    host,
    folder,
    `cli() { redis-cli -h ${address} "$@"; }\n${code.replaceAll('ADDRESS', address)}`,
  );
  return commands
    .filter(({ text }) => text.startsWith('redis-cli'))
    .map(({ errorReply, captured }) => (captured ? [errorReply, captured] : [errorReply]));
}

const unknown = expect.stringMatching(/^ERR Unknown option/) as string;

test.each([
  ['cli config set no-such 1 | cat\n', [[unknown]]],
  ['cli config set no-such 1 >/dev/null\n', [[unknown]]],
  ['cli config set no-such 1 | tee /tmp/log >/dev/null\ntrue\n', [[unknown]]],
  ["sh -c 'redis-cli -h ADDRESS config set no-such 1 | cat; true'\n", [[unknown]]],
  ["bash -c 'redis-cli -h ADDRESS config set no-such 1 | cat; true'\n", [[unknown]]],
  [`cli config set ${'long'.repeat(90)} 1 | cat\n`, [[unknown]]],
  [`cli set note "ERR ${'long'.repeat(90)}" | cat\ncli get note | cat\n`, [[undefined], [undefined]]],
  // The block looks at the reply itself.
  ['reply=$(redis-cli -h ADDRESS config set no-such 1)\n', [[unknown, true]]],
  ['reply=$(cli config set no-such 1)\n', []],
  ["sh -c 'reply=$(redis-cli -h ADDRESS config set no-such 1)'\n", [[unknown, true]]],
  ["sh -c 'if redis-cli -h ADDRESS config set no-such 1 | grep -q OK; then echo yes; fi'\n", [[unknown, true]]],
  ["if sh -c 'redis-cli -h ADDRESS config set no-such 1' | grep -q OK; then echo yes; fi\n", [[unknown, true]]],
  ["if bash -c 'redis-cli -h ADDRESS config set no-such 1' | grep -q OK; then echo yes; fi\n", [[unknown, true]]],
  ["if sh -c 'redis-cli -h ADDRESS config set no-such 1 | cat' >/dev/null; then echo yes; fi\n", [[unknown]]],
  ['if cli config set no-such 1 | grep -q OK; then echo yes; fi\n', [[unknown, true]]],
  // Nothing is wrong.
  ['cli config set timeout 0 | cat\n', [[undefined]]],
  ['cli set note "ERR is what the job logged" | cat\ncli get note | cat\n', [[undefined], [undefined]]],
  ['cli --scan | cat\n', [[undefined]]],
])('%j', async (code, expected) => {
  expect(await replies(code)).toEqual(expected);
});
