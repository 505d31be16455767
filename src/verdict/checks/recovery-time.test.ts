import { describe, expect, test } from 'vitest';

import { checkOf, nothing } from '../testing/judge-recording.ts';

describe('the time that recovery took', () => {
  const limitedTo = (limitMs: number): Promise<string | undefined> =>
    checkOf('recovery-time', { plan: { recoveryLimit: { baselineMs: 1000, limitMs } } });

  test('passes within the limit and fails beyond it', async () => {
    expect(await limitedTo(1510)).toBe('pass');
    expect(await limitedTo(1500)).toBe(
      'fail: recovery took 1.5 s of sandbox time; the baseline is 1 s, at most 1.5 s are allowed',
    );
  });

  test('is inconclusive without a recovery, and not judged without a baseline', async () => {
    const plan = { recoveryLimit: { baselineMs: 1000, limitMs: 9000 } };
    expect(await checkOf('recovery-time', { plan, cure: nothing })).toBe(
      'inconclusive: there was no recovery to be timed',
    );
    expect(await checkOf('recovery-time', {})).toBeUndefined();
  });
});
