/** A block cannot fill the disk with its trace. */
import { stat } from 'node:fs/promises';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { runBlock } from './testing/run-block.ts';
import { startTestHost, type TestHost } from './testing/start-host.ts';

let host: TestHost;
let folder = '';
beforeAll(async () => {
  host = await startTestHost();
  folder = await mkdtemp(path.join(tmpdir(), 'drillbook-cast-'));
});
afterAll(async () => {
  await host[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const mib = 1024 * 1024;
const long = 'long'.repeat(800);

test.each([
  [
    'programs with long arguments',
    32 * mib,
    `sh -c 'for n in $(seq 100); do ls / ${long} >/dev/null 2>&1 || true; done'`,
    100_000,
  ],
  [
    'a long error of the shell',
    32 * mib,
    `sh -c 'for n in $(seq 500); do /no-such/${long} 2>/dev/null || true; done'`,
    40_000,
  ],
  ['many programs', 36 * mib, `for n in {1..300}; do ls / >/dev/null; done`, 8192],
])('%s write no more into a trace that is full, and the trace is incomplete', async (_, size, code, most) => {
  const { ended } = await runBlock(host, folder, `head -c ${size} /dev/zero >>"$DRILLBOOK_TRACE"\n${code}\n`);
  expect(ended).toMatchObject({ exitCode: 0, traced: false });
  expect((await stat(host.trace.host)).size - size).toBeLessThan(most);
});
