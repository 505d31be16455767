import { expect, test } from 'vitest';

import type { HistoryEvent } from '../history/events.ts';
import { baseRun } from '../verdict/testing/sample-run.ts';
import { RecordedRates } from './recorded-rates.ts';

/** The clock begins at 0, runs ten times as fast, stands still from 1000 to 3000 and then goes on. */
function stopped(...more: readonly HistoryEvent[]): RecordedRates {
  const rates = new RecordedRates();
  rates.push({ seq: 0, t: 0, s: 0, ...baseRun, timeScale: 10 });
  rates.push({ seq: 1, t: 980, s: 9800, type: 'clock.changed', rate: 0, inMs: 20 });
  rates.push({ seq: 2, t: 2980, s: 10_000, type: 'clock.changed', rate: 10, inMs: 20 });
  for (const event of more) rates.push(event);
  return rates;
}

test('finds when the clock showed a time', () => {
  const rates = stopped();
  const now = { t: 4000, s: 20_000 };
  for (const [shown, t] of [
    [20_000, 4000],
    [15_000, 3500],
    [10_001, 3000.1],
    [9000, 900],
    [0, 0],
  ] as const)
    expect(rates.instantBefore(now, shown).t).toBeCloseTo(t, 6);
  expect(rates.instantBefore({ t: 2000, s: 10_000 }, 5000)).toEqual({ t: 500, s: 5000 });
});

test('leaves the time in which the clock was stopped out of a duration', () => {
  const rates = stopped();
  expect(rates.between({ t: 500, s: 5000 }, { t: 4000, s: 20_000 })).toEqual({ realMs: 1500, sandboxMs: 15_000 });
  expect(rates.between({ t: 1500, s: 10_000 }, { t: 2500, s: 10_000 })).toEqual({ realMs: 0, sandboxMs: 0 });
  expect(rates.stops()).toEqual([{ fromT: 1000, toT: 3000 }]);
});

test('a stop without an end lasts, and one with an end of its own goes on at 1', () => {
  const lasting = stopped({ seq: 3, t: 5000, s: 30_000, type: 'clock.changed', rate: 0, inMs: 0 });
  expect(lasting.stops()).toContainEqual({ fromT: 5000, toT: undefined });
  const ending = stopped({ seq: 3, t: 5000, s: 30_000, type: 'clock.changed', rate: 0, inMs: 0, forMs: 1000 });
  expect(ending.stops()).toContainEqual({ fromT: 5000, toT: 6000 });
  expect(ending.instantBefore({ t: 7000, s: 31_000 }, 30_500).t).toBe(6500);
});
