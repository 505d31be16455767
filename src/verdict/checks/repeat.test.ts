import { describe, expect, test } from 'vitest';

import { checkOf, checksOf, nothing, step } from '../testing/judge-recording.ts';
import type { World } from '../testing/record-run.ts';

describe('the recovery, run again', () => {
  const plan = { repeat: true };
  const pause = (world: World): void => void (world.paused = true);

  test('passes when it leaves a healthy fleet healthy and recovers after it was cut off', async () => {
    const checks = await checksOf({ plan });
    expect(checks).toMatchObject({ 'repeat:healthy': 'pass', 'repeat:interrupted': 'pass', 'control-arm': 'pass' });
    expect(Object.keys(await checksOf({})).filter((id) => id.startsWith('repeat:'))).toEqual([]);
  });

  test('fails when it breaks the fleet that it had healed', async () => {
    expect(await checkOf('repeat:healthy', { plan, again: pause })).toBe(
      'fail: run again on the healthy fleet, it leaves the fleet broken: the queue mail is paused',
    );
  });

  test('fails when it does not recover after it was cut off', async () => {
    expect(await checkOf('repeat:interrupted', { plan, afterCut: nothing })).toBe(
      'fail: cut off half-way and run again, it leaves the fleet broken: the queue mail is paused',
    );
  });

  test('is inconclusive when it was over before it could be cut off', async () => {
    expect(await checkOf('repeat:interrupted', { plan, cut: { ended: 'exited', exitCode: 0 } })).toBe(
      'inconclusive: the recovery was over before it could be cut off',
    );
  });

  test('passes when it was cut off between two of its blocks', async () => {
    const two = [step(), step({ address: '3.2 > Solution > bash[2]' })];
    expect(
      await checkOf('repeat:interrupted', {
        plan: { ...plan, recovery: two },
        cut: { ended: 'exited', exitCode: 0 },
      }),
    ).toBe('pass');
  });

  test('is not run again on a healthy fleet if it removes jobs', async () => {
    const jobs = { lost: 0, removed: 3, failed: 0, duplicates: 'at-least-once' as const };
    expect(await checkOf('repeat:healthy', { plan: { ...plan, jobs } })).toBeUndefined();
  });

  test('is inconclusive when it was not repeated', async () => {
    expect(await checksOf({ plan: { ...plan, control: { enabled: false, instead: [] } } })).toMatchObject({
      'repeat:interrupted': 'inconclusive: the recovery was not cut off and run again',
    });
  });
});
