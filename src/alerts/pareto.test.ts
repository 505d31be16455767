import { array, assert, boolean, constantFrom, nat, property, record } from 'fast-check';
import { expect, test } from 'vitest';

import { choose, detectionOf, findFront, resetOf } from './pareto.ts';
import type { SettingResult, SweptPair } from './sweep-report.ts';

const present = { threshold: 5, forMs: 60_000 };
const faults = ['a', 'b', 'c'];

/** What a setting does for one fault. */
const outcome = record({
  outcome: constantFrom('caught', 'caught', 'missed', 'unknown'),
  extraMs: nat(3),
  resetMs: constantFrom(undefined, 1, 2, 3),
  outlasts: boolean(),
});
const candidate = record({
  threshold: nat(9),
  forMs: nat(3),
  outcomes: array(outcome, { minLength: 3, maxLength: 3 }),
  falseAlarms: constantFrom(0, 0, 1, 2),
}).map(({ threshold, forMs, outcomes, falseAlarms }) => {
  const named = outcomes.map((one, index) => ({ ...one, scenario: faults[index] ?? '', reason: 'why' }));
  const caught = named
    .filter((one) => one.outcome === 'caught')
    .map(({ scenario, extraMs, resetMs, outlasts }) => ({
      scenario,
      detectionMs: forMs + extraMs,
      resetMs: outlasts ? undefined : resetMs,
      outlasts,
    }));
  const of = (what: string) => named.filter((one) => one.outcome === what);
  return { threshold, forMs, caught, missed: of('missed'), unknown: of('unknown'), falseAlarms, perhapsLoud: [] };
});
const candidates = array(candidate, { minLength: 1, maxLength: 12 });

/** As the issue lists them. A reset counts only between settings that miss as many faults. */
function criteria(pair: SettingResult): readonly number[] {
  return [pair.missed.length, detectionOf(pair), resetOf(pair), pair.falseAlarms];
}

/** The two ends of what the unknown faults can turn out to be. */
function complete(pair: SweptPair, caught: boolean): SweptPair {
  const fault = { detectionMs: pair.forMs, resetMs: 0, outlasts: false };
  return caught
    ? {
        ...pair,
        caught: [...pair.caught, ...pair.unknown.map(({ scenario }) => ({ scenario, ...fault }))],
        unknown: [],
      }
    : { ...pair, missed: [...pair.missed, ...pair.unknown], unknown: [] };
}

function isNowhereWorse(one: SweptPair, other: SweptPair): boolean {
  const [mine, theirs] = [criteria(one), criteria(other)];
  const [missed = 0, detection = 0, reset = 0, alarms = 0] = mine.map(
    (value, index) => Math.sign(value - (theirs[index] ?? 0)) || 0,
  );
  return alarms <= 0 && missed <= 0 && (missed < 0 || (detection <= 0 && !(reset > 0)));
}

test('each pair off the front is dominated by the one it names, however the unknown faults turn out', () => {
  let dominated = 0;
  assert(
    property(candidates, (all) => {
      const pairs = findFront(all, present);
      for (const pair of pairs) {
        if (!pair.dominatedBy) continue;
        dominated += 1;
        const { threshold, forMs } = pair.dominatedBy;
        const named = pairs.filter((one) => one.threshold === threshold && one.forMs === forMs && !one.dominatedBy);
        const better = named.filter((one) =>
          [true, false].every((mine) =>
            [true, false].every((theirs) => isNowhereWorse(complete(one, mine), complete(pair, theirs))),
          ),
        );
        expect(better.length).toBeGreaterThan(0);
      }
    }),
    { numRuns: 500 },
  );
  expect(dominated).toBeGreaterThan(300);
});

test('no pair of the front beats another one in everything', () => {
  assert(
    property(candidates, (all) => {
      const front = findFront(all, present).filter(({ dominatedBy, unknown }) => !dominatedBy && unknown.length === 0);
      for (const one of front)
        for (const other of front)
          if (isNowhereWorse(one, other) && !isNowhereWorse(other, one))
            expect.fail(`${JSON.stringify(one)} dominates ${JSON.stringify(other)}`);
    }),
    { numRuns: 300 },
  );
});

test('the choice misses the fewest faults, is on the front, and is undefined if nothing is caught', () => {
  assert(
    property(candidates, (all) => {
      const pairs = findFront(all, present);
      const chosen = choose(pairs, present);
      if (!chosen) return;
      expect(chosen.dominatedBy).toBeUndefined();
      const lost = ({ missed, unknown }: SettingResult): number => missed.length + unknown.length;
      const front = pairs.filter(({ dominatedBy, caught }) => !dominatedBy && caught.length > 0);
      expect(lost(chosen)).toBe(Math.min(...front.map(lost)));
    }),
    { numRuns: 300 },
  );
  const nothing = {
    ...present,
    caught: [],
    missed: [{ scenario: 'a', reason: 'why' }],
    unknown: [],
    falseAlarms: 0,
    perhapsLoud: [],
  };
  expect(choose(findFront([nothing], present), present)).toBeUndefined();
});

test('of equal pairs the one nearest to the present setting is taken', () => {
  const result = {
    caught: [{ scenario: 'a', detectionMs: 9, resetMs: 1, outlasts: false }],
    missed: [],
    unknown: [],
    falseAlarms: 0,
    perhapsLoud: [],
  };
  const pairs = findFront(
    [1, 4, 9].map((threshold) => ({ threshold, forMs: 60_000, ...result })),
    present,
  );
  expect(choose(pairs, present)?.threshold).toBe(4);
});

test('an unknown fault is caught when `for` is over at the earliest, so a faster setting dominates', () => {
  const nothing = { missed: [], unknown: [], falseAlarms: 0, perhapsLoud: [] };
  const fast = {
    threshold: 5,
    forMs: 60_000,
    caught: [{ scenario: 'a', detectionMs: 90_000, resetMs: 0, outlasts: false }],
  };
  const open = { threshold: 5, forMs: 600_000, caught: [], unknown: [{ scenario: 'a', reason: 'too short' }] };
  const pairs = findFront(
    [
      { ...nothing, ...fast },
      { ...nothing, ...open },
    ],
    present,
  );
  expect(pairs.map(({ dominatedBy }) => dominatedBy?.forMs)).toEqual([undefined, 60_000]);
});
