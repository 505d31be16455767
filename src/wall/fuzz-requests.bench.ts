import { expect, test } from 'vitest';

import { fuzz } from '../kernel/testing/fuzz.ts';

/** A new one for each run. The error of a failure shows it. */
const seed = Date.now() % 2 ** 31;

test('200,000 request lines', { timeout: 1_800_000 }, async () => {
  const where = new URL('testing/fuzz-requests.ts', import.meta.url);
  const { runs, grewBytes } = await fuzz(where, 'request line', { runs: 200_000, seed });
  expect(runs).toBe(200_000);
  expect(grewBytes).toBeLessThan(4 * 2 ** 20);
});
