import { expect, test } from 'vitest';

import { readLongHistory } from './testing/long-reads.ts';

/** The heap was measured at 320 MB at the end. It grows with the samples, the changed rows and the jobs. */
test(
  '1,000,000 events, with 200,000 samples and 1,600,000 jobs, are judged with a heap of 512 MB',
  { timeout: 300_000 },
  async () => {
    expect(await readLongHistory('judge', 1_000_000, 512)).toEqual({ checks: 16 });
  },
);
