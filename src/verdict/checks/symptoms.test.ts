import { describe, expect, test } from 'vitest';

import type { Claim } from '../../history/events.ts';
import { checksOf } from '../testing/judge-recording.ts';
import { threshold } from '../testing/record-run.ts';

describe('a symptom that is an alert threshold of the runbook', () => {
  const alert = (metric: 'waiting' | 'rate' | 'failed', range: { min?: number; max?: number }): Claim => {
    const bound = (value: number) => ({ value, inclusive: false });
    const row = {
      ...threshold(metric, { text: '-' }, 61),
      alert: {
        text: 'alert',
        ...(range.min === undefined ? {} : { min: bound(range.min) }),
        ...(range.max === undefined ? {} : { max: bound(range.max) }),
      },
    };
    return { claim: 'over-threshold', threshold: row, text: metric };
  };
  const symptom = async (claim: Claim): Promise<string | undefined> =>
    (await checksOf({ plan: { symptoms: [claim] } }))['symptom:1'];

  test('passes when the fleet crosses it, and fails when it does not', async () => {
    expect(await symptom(alert('waiting', { min: 2 }))).toBe('pass');
    expect(await symptom(alert('waiting', { min: 1000 }))).toMatch(/^fail/);
    expect(await symptom(alert('rate', { max: 100 }))).toBe('pass');
    expect(await symptom(alert('rate', { max: 1 }))).toMatch(/^fail/);
    expect(await symptom(alert('failed', { min: 50 }))).toMatch(/^fail/);
  });
});
