import { array, assert, constantFrom, integer, nat, property, record, sample, tuple, type Arbitrary } from 'fast-check';
import { expect, test } from 'vitest';

import type { RecordedArm } from './alerts-input.ts';
import { thresholdOf } from './apply-setting.ts';
import { confirmSettings } from './confirm-settings.ts';
import { isOnFront } from './pareto.ts';
import { sweepRule } from './sweep.ts';
import type { SweepInput } from './sweep-input.ts';
import type { SweepReport } from './sweep-report.ts';
import { requirePromtool } from './testing/promtool.ts';
import { ramp, recordedArm, step } from './testing/recorded-arm.ts';
import { ruleOf } from './testing/rule.ts';
import { evaluateLeftSide, trySettings, type LeftSide } from './try-settings.ts';

const promtool = requirePromtool();
const source = { promtool, evaluationMs: 60_000, scrapeMs: 15_000, expectations: [] };
const rule = ruleOf('sum(jobs) > 3000', { for: '5m' });

/** A fault from second 100 on for 800 s, and then 300 s more. */
function fault(
  scenario: string,
  perSecond: number,
  others: Partial<Parameters<typeof recordedArm>[1]> = {},
): RecordedArm {
  const values = { mail: ramp(perSecond, 100, 900), push: () => 0 };
  return recordedArm(scenario, { untilS: 1200, onsetS: 100, overS: 900, ...others }, values);
}

const arms = [
  recordedArm('healthy', { untilS: 1200 }, { mail: (second) => (second > 300 && second < 500 ? 600 : 0) }),
  fault('slow', 3),
  fault('middle', 5),
  fault('fast', 20),
];

function sweep(changes: Partial<SweepInput> = {}): Promise<SweepReport> {
  const ranges = { threshold: { from: 500, to: 5000 }, wait: { from: 60_000, to: 600_000 } };
  return sweepRule({ ...source, ...ranges, arms, rule, steps: 4, keepOut: [], seed: 1, ...changes });
}

test('a sweep finds the setting that catches every fault without a false alarm', async () => {
  const report = await sweep();
  expect(report.thresholds).toEqual([500, 1100, 3000, 5000]);
  expect(report.waitsMs).toEqual([60_000, 300_000, 420_000, 600_000]);
  expect(report.swept).toEqual(['fast', 'middle', 'slow']);
  expect(report.present.caught.map(({ scenario }) => scenario)).toEqual(['fast']);
  expect(report.present.missed.map(({ scenario }) => scenario)).toEqual(['slow', 'middle']);
  expect(report.chosen).toMatchObject({ threshold: 1100, forMs: 60_000, missed: [], unknown: [], falseAlarms: 0 });
  expect(report.pairs.find(({ threshold, forMs }) => threshold === 500 && forMs === 60_000)?.falseAlarms).toBe(1);
  expect(report.present.dominatedBy).toEqual({ threshold: 1100, forMs: 60_000 });
  expect(report.healthy).toEqual({ hours: expect.closeTo(0.41, 1) as number, peak: 600 });
  const front = report.pairs.filter(isOnFront);
  expect(report.confirmed).toBe(4 * new Set([...front, report.present]).size);
  expect(report.verdict).toBe('pass');
});

test('the sentence puts the chosen setting beside the present one', async () => {
  const { advice } = await sweep();
  expect(advice).toMatch(/^Set Jobs to > 1100 for 1m: it catches 3 of 3 faults within \d+ m .* no false alarm/);
  expect(advice).toContain("today's > 3000 for 5m catches 1 of 3 faults");
  expect(advice).toContain('misses slow, middle');
  expect(advice.match(/\./g)).toHaveLength(1);
});

test('near misses name the smallest change that catches the fault', async () => {
  const { nearMisses } = await sweep();
  expect(nearMisses).toEqual([
    { scenario: 'slow', threshold: 1100, forMs: undefined, both: undefined },
    { scenario: 'middle', threshold: 1100, forMs: 60_000, both: undefined },
  ]);
});

test('faults that are kept out do not decide, and the choice is tried on them', async () => {
  const report = await sweep({ keepOut: ['slow'], threshold: { from: 2500, to: 5000 } });
  expect(report.swept).toEqual(['fast', 'middle']);
  expect(report.onKeptOut?.chosen.missed.map(({ scenario }) => scenario)).toEqual(['slow']);
  expect(report.verdict).toBe('fail');
  expect(report.advice).toContain('1 fault that the choice did not see');
});

test('without a word every third fault is kept out, by the seed', async () => {
  const kept = async (seed: number): Promise<readonly string[]> => (await sweep({ keepOut: undefined, seed })).keptOut;
  expect([await kept(0), await kept(1)]).toEqual([['fast'], ['middle']]);
});

test('a fault that is too short for a setting is neither caught nor missed', async () => {
  const short = fault('short', 20, { untilS: 500, overS: 500 });
  const report = await sweep({ arms: [...arms, short] });
  const { unknown } = report.pairs.find(({ threshold, forMs }) => threshold === 3000 && forMs === 600_000) ?? {};
  expect(unknown).toMatchObject([{ scenario: 'short', reason: expect.stringContaining('needs 11 m 15 s') as string }]);
});

test('a busy machine decides nothing, and the sentence says so', async () => {
  const busy = arms.map((arm) => ({ ...arm, truth: { ...arm.truth, problem: 'the machine was busy' } }));
  const report = await sweep({ arms: busy });
  expect(report).toMatchObject({ verdict: 'inconclusive', chosen: undefined });
  expect(report.advice).toBe(
    'Record again before you change Jobs: not known: slow, middle, fast (the machine was busy).',
  );
});

test('a fault whose scenario wants the rule quiet counts as a false alarm', async () => {
  const expectation = { scenario: 'fast', fire: {}, quiet: ['Jobs'], clearMs: undefined, location: rule.location };
  const report = await sweep({ expectations: [expectation] });
  expect(report.swept).toEqual(['middle', 'slow']);
  expect(report.present.falseAlarms).toBe(1);
});

/** Both queues hold more than 500 jobs once the fault has lasted, so this label makes them one alert. */
const joined = ruleOf('jobs > 3000', { for: '1m', labels: { queue: 'all' } });
const twoQueues = recordedArm(
  'both',
  { untilS: 1200, onsetS: 100, overS: 900 },
  { mail: ramp(20, 100, 900), push: step(1000, 607) },
);
const refusal = 'vector contains metrics with the same labelset after applying alert labels';

test('a setting at which two results become one alert is unknown, because Prometheus refuses it', async () => {
  const report = await sweep({ rule: joined, arms: [arms[0] as RecordedArm, twoQueues] });
  const low = report.pairs.filter(({ threshold }) => threshold === 500);
  for (const { caught, missed, unknown } of low)
    expect({ caught, missed, unknown }).toEqual({
      caught: [],
      missed: [],
      unknown: [{ scenario: 'both', reason: refusal }],
    });
  expect(report).toMatchObject({ verdict: 'pass', undecided: [], present: { missed: [], unknown: [] } });
  expect(report.chosen).toMatchObject({ threshold: 1100, forMs: 60_000 });
});

test('if the present setting is such a one, the others are judged all the same', async () => {
  const present = ruleOf('jobs > 500', { for: '1m', labels: { queue: 'all' } });
  const report = await sweep({ rule: present, arms: [arms[0] as RecordedArm, twoQueues] });
  expect(report.present).toMatchObject({ caught: [], missed: [], unknown: [{ scenario: 'both', reason: refusal }] });
  expect(report).toMatchObject({ verdict: 'pass', undecided: [], chosen: { threshold: 1100, forMs: 60_000 } });
});

test('a setting that Prometheus refuses on a healthy fleet is not free of false alarms', async () => {
  const healthy = recordedArm('healthy', { untilS: 1200 }, { mail: step(800, 300, 500), push: step(800, 310, 330) });
  const fast = recordedArm('fast', { untilS: 1200, onsetS: 100, overS: 900 }, { mail: ramp(20, 100, 900) });
  const report = await sweep({ rule: joined, arms: [healthy, fast], threshold: { from: 700, to: 5000 } });
  const low = report.pairs.find(({ threshold, forMs }) => threshold === 700 && forMs === 600_000);
  expect(low).toMatchObject({ falseAlarms: 0, perhapsLoud: [{ scenario: 'healthy', reason: refusal }] });
  expect(report.chosen?.threshold).toBeGreaterThan(800);
});

test('a rule without a threshold at its top is refused where it stands', () => {
  const anchors = [{ offset: 0, line: 7, column: 11 }];
  const refused = ['absent(jobs)', 'a > 1 and b > 1'].map((expr) => ruleOf(expr, { exprMap: anchors }));
  for (const one of refused)
    expect(() => thresholdOf(one)).toThrow(
      expect.objectContaining({ code: 'SWEEP_NO_THRESHOLD', location: { file: 'rules.yml', line: 7, column: 11 } }),
    );
  expect(() => thresholdOf(ruleOf('jobs > bool 1'))).toThrow('always fires');
});

/** Levels of two queues at each second, so that alerts begin, end and begin again. */
const levels: Arbitrary<readonly (readonly number[])[]> = array(array(nat(9), { minLength: 30, maxLength: 30 }), {
  minLength: 2,
  maxLength: 2,
});

function sideOf(queues: readonly (readonly number[])[], onsetS: number): LeftSide {
  const arm = recordedArm('x', { untilS: 300, onsetS, overS: 250 }, {});
  const labels = queues.map((_, index) => ({ queue: `q${index}` }));
  const steps = Array.from({ length: 301 }, (_, second) => ({
    s: second * 1000,
    samples: queues.map((values, index) => ({
      labels: labels[index] ?? {},
      value: values[Math.min(29, Math.floor(second / 10))] ?? 0,
    })),
  }));
  return { arm, result: { steps, stepMs: 1000 }, problem: undefined };
}

test('a higher threshold or a longer `for` never catches what a lower one does not', () => {
  const grid = { thresholds: [0, 2, 5, 8], waitsMs: [0, 10_000, 25_000, 60_000] };
  const own = ruleOf('jobs > 1', { keepFiringFor: '15s' });
  let caught = 0;
  assert(
    property(levels, integer({ min: 20, max: 200 }), (queues, onsetS) => {
      const tried = trySettings(
        { ...source, evaluationMs: 20_000, arms: [] },
        own,
        thresholdOf(own),
        [sideOf(queues, onsetS)],
        ['x'],
        grid,
      );
      for (const strict of tried.filter(({ cells }) => cells[0]?.outcome === 'fired')) {
        caught += 1;
        const easier = tried.filter(({ threshold, forMs }) => threshold <= strict.threshold && forMs <= strict.forMs);
        // An alert that fires before the fault is no catch, but it is no miss either.
        for (const { cells } of easier) expect(cells[0]?.outcome).toMatch(/^(fired|unknown)$/);
      }
    }),
    { numRuns: 60 },
  );
  expect(caught).toBeGreaterThan(100);
});

test('promtool agrees with random settings, and with no other threshold', async () => {
  const comparison = thresholdOf(ruleOf('jobs > 5'));
  const values = array(nat(9), { minLength: 80, maxLength: 80 });
  const settings = array(
    record({ threshold: constantFrom(0, 3, 5.5, 7), forMs: integer({ min: 0, max: 20 }).map((n) => n * 10_000) }),
    { minLength: 10, maxLength: 10 },
  );
  for (const [mail, chosen, phase] of sample(tuple(values, settings, nat(59)), { numRuns: 3, seed: 22 })) {
    const arm = recordedArm(
      'x',
      { untilS: 1200 },
      { mail: (second) => mail[Math.floor(second / 15)] ?? 0, push: step(9, 700) },
    );
    const own = ruleOf('jobs > 5', { keepFiringFor: '90s' });
    const sides = await evaluateLeftSide({ ...source, arms: [arm] }, own, comparison);
    const confirm = (operator: '>' | '<') =>
      confirmSettings(source, own, { ...comparison, operator }, sides, chosen, () => phase * 1000);
    expect(await confirm('>')).toEqual({ confirmed: 10, problem: undefined });
    await expect(confirm('<')).rejects.toMatchObject({ code: 'ALERTS_DISAGREE' });
  }
});
