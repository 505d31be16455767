import { expect, test } from 'vitest';

import { fuzz } from '../kernel/testing/fuzz.ts';

/** A new one for each run. The error of a failure shows it. */
const seed = Date.now() % 2 ** 31;

test.each(['runbook'])('20,000 inputs: %s', { timeout: 1_800_000 }, async (name) => {
  const { runs, grewBytes } = await fuzz(new URL('testing/fuzz-runbook.ts', import.meta.url), name, {
    runs: 20_000,
    seed,
  });
  expect(runs).toBe(20_000);
  expect(grewBytes).toBeLessThan(4 * 2 ** 20);
});
