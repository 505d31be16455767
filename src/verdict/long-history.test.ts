import { expect, test } from 'vitest';

import { readLongHistory } from './testing/long-reads.ts';

const patience = { timeout: 300_000 };

test('a history of 1,000,000 events (200 MB) is read with a heap of 64 MB', patience, async () => {
  expect(await readLongHistory('read', 1_000_000, 64)).toEqual({ events: 1_000_000 });
});

test(
  'one of 200,000 events, with 40,000 samples and 320,000 jobs, is judged with a heap of 256 MB',
  patience,
  async () => {
    expect(await readLongHistory('judge', 200_000, 256)).toEqual({ checks: 16 });
  },
);
