import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';

import { readRecoveryBaseline, recoveryLimit } from './recovery-baseline.ts';

const baseline = { timeScales: { 5: { a: { slowestMs: 10_000, runs: 3 } }, 7.5: { b: { slowestMs: 2000, runs: 1 } } } };

test('the limit is the slowest run plus the budget plus what a busy machine may add', () => {
  expect(recoveryLimit(baseline, 'a', { timeScale: 5, budget: 0.5 })).toEqual({ baselineMs: 10_000, limitMs: 40_000 });
  expect(recoveryLimit(baseline, 'a', { timeScale: 5, budget: 2 })).toMatchObject({ limitMs: 55_000 });
  expect(recoveryLimit(baseline, 'b', { timeScale: 7.5, budget: 0.5 })).toMatchObject({ limitMs: 40_500 });
});

test('a scenario that was not measured at this time scale has no limit', () => {
  expect(recoveryLimit(baseline, 'b', { timeScale: 5, budget: 0.5 })).toBeUndefined();
  expect(recoveryLimit(baseline, 'a', { timeScale: 1, budget: 0.5 })).toBeUndefined();
});

test('a file that is no baseline is one clear error', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'drillbook-test-'));
  try {
    const file = path.join(folder, 'b.json');
    const bad = ['{', '{}', '{"timeScales":{"5":{"a":{"slowestMs":-1,"runs":1}}}}', '{"timeScales":{"five":{}}}'];
    for (const text of bad) {
      await writeFile(file, text);
      await expect(readRecoveryBaseline(file)).rejects.toMatchObject({
        code: 'BASELINE_INVALID',
        exitCode: 64,
        location: { file },
      });
    }
    await writeFile(file, JSON.stringify(baseline));
    expect(await readRecoveryBaseline(file)).toEqual(baseline);
  } finally {
    await rm(folder, { recursive: true });
  }
});
