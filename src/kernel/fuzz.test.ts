import { expect, test } from 'vitest';

import { fuzz } from './testing/fuzz.ts';

const target = new URL('testing/bad-targets.ts', import.meta.url);
const options = { runs: 1000, seed: 1 };

test('notices an input that hangs', async () => {
  await expect(fuzz(target, 'hangs', { ...options, hangMs: 1000 })).rejects.toThrow(/^input \d+ of seed 1 hangs$/);
});

test('notices memory that grows', async () => {
  const { grewBytes } = await fuzz(target, 'leaks', options);
  expect(grewBytes).toBeGreaterThan(8 * 2 ** 20);
});

test('reports an input that breaks something, with the error', async () => {
  await expect(fuzz(target, 'breaks', options)).rejects.toThrow(/Counterexample: \[101\][^]*TypeError: it broke/);
});
