import { expect, test } from 'vitest';

import { fuzz } from '../kernel/testing/fuzz.ts';

/** Another seed each time. The error of a failure reports it. */
const seed = Date.now() % 2 ** 31;

test.each(['scenario', 'configuration'])(
  'reads 20,000 inputs as a %s or refuses them with their line',
  { timeout: 1_800_000 },
  async (name) => {
    const { runs, grewBytes } = await fuzz(new URL('testing/fuzz-schemas.ts', import.meta.url), name, {
      runs: 20_000,
      seed,
    });
    expect(runs).toBe(20_000);
    expect(grewBytes).toBeLessThan(4 * 2 ** 20);
  },
);
