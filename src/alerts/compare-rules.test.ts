import { array, assert, constantFrom, property, record, tuple } from 'fast-check';
import { expect, test } from 'vitest';

import type { AlertRule } from '../runbook/runbook.ts';
import { changeKinds, compareEffects, type ChangeKind, type EffectChange } from './compare-effects.ts';
import { compareRules, type CompareReport } from './compare-rules.ts';
import { judgeAlerts } from './judge-alerts.ts';
import { matchRules, normalExpr } from './match-rules.ts';
import { requirePromtool } from './testing/promtool.ts';
import { ramp, recordedArm, step } from './testing/recorded-arm.ts';
import { ruleOf } from './testing/rule.ts';

const promtool = requirePromtool();
const arms = [
  recordedArm('backlog', { untilS: 900, onsetS: 200, overS: 700 }, { mail: ramp(15, 200, 700), push: () => 0 }),
  recordedArm('burst', { untilS: 600, onsetS: 200 }, { mail: step(40, 0), push: step(4000, 200) }),
  recordedArm('short', { untilS: 400, onsetS: 200 }, { mail: step(9000, 200), push: () => 0 }),
];
const times = { evaluationMs: 60_000, scrapeMs: 15_000 };

function compare(base: readonly AlertRule[], next: readonly AlertRule[]): Promise<CompareReport> {
  return compareRules({ promtool, arms, base, next, ...times });
}

const linesOf = ({ rules }: CompareReport): readonly string[] =>
  rules.flatMap(({ changes }) =>
    changes.map(({ kind, scenario, baseMs, newMs }) => [kind, scenario, baseMs, newMs].join(' ')),
  );

test('the same rules have no difference', async () => {
  const rules = [ruleOf('jobs > 5000', { for: '10m' }), ruleOf('jobs > 1')];
  expect(await compare(rules, structuredClone(rules))).toMatchObject({ verdict: 'pass', rules: [] });
});

test('a lower threshold lists the faults and seconds that the judgement of each rule gives', async () => {
  const [base, next] = [ruleOf('jobs > 5000', { for: '1m' }), ruleOf('jobs > 3000', { for: '1m' })];
  const report = await compare([base], [next]);
  const judged = await judgeAlerts({ promtool, arms, rules: [base, next], expectations: [], ...times });
  const delay = (rule: number, scenario: string): number | undefined =>
    judged.rules[rule]?.cells.find((cell) => cell.scenario === scenario)?.firing?.delayMs.worst;
  expect(delay(0, 'backlog')).toBeGreaterThan(400_000);
  expect(linesOf(report)).toEqual([
    `earlier backlog ${delay(0, 'backlog')} ${delay(1, 'backlog')}`,
    `caught burst  ${delay(1, 'burst')}`,
  ]);
  expect(report.verdict).toBe('pass');
  expect(report.confirmed).toBeGreaterThanOrEqual(6);
});

test('a rule that loses a fault, fires later or raises false alarms fails', async () => {
  const lost = await compare([ruleOf('jobs > 3000')], [ruleOf('jobs > 5000')]);
  expect(lost.verdict).toBe('fail');
  expect(linesOf(lost).map((line) => line.split(' ').slice(0, 2))).toEqual([
    ['later', 'backlog'],
    ['missed', 'burst'],
  ]);
  const noisy = await compare([ruleOf('jobs > 3000')], [ruleOf('jobs > 30')]);
  expect(noisy.verdict).toBe('fail');
  expect(noisy.rules[0]?.changes.map(({ kind, message }) => [kind, message])).toContainEqual([
    'noisier',
    expect.stringContaining('0 → 1 false alarm'),
  ]);
});

test('a fault that is too short for one of the two is unknown', async () => {
  const report = await compare([ruleOf('jobs > 3000')], [ruleOf('jobs > 3000', { for: '5m' })]);
  const unknown = report.rules[0]?.changes.filter(({ kind }) => kind === 'unknown');
  expect(unknown).toMatchObject([
    { scenario: 'short', message: expect.stringContaining('needs 6 m 15 s') as string },
    // The healthy stretches are shorter than 5 m.
    { scenario: undefined, message: 'no healthy time is recorded' },
  ]);
});

test('labels and annotations have no effect, and are not judged', async () => {
  const next = ruleOf('jobs > 5000', { labels: { severity: 'page' }, annotations: { summary: 'jobs wait' } });
  const report = await compare([ruleOf('jobs>5000 # why')], [next]);
  expect(report).toMatchObject({ verdict: 'pass', confirmed: 0 });
  expect(report.rules).toMatchObject([{ differs: ['labels', 'annotations'], changes: [], byText: true }]);
});

test('a label of the series can join two alerts, so it is judged', async () => {
  const report = await compare([ruleOf('jobs > 5000')], [ruleOf('jobs > 5000', { labels: { queue: 'all' } })]);
  expect(report.rules).toMatchObject([{ byText: false, changes: [] }]);
});

test('another keep_firing_for changes when the alert clears', async () => {
  const report = await compare([ruleOf('jobs > 5000')], [ruleOf('jobs > 5000', { keepFiringFor: '2m' })]);
  expect(report.rules[0]?.changes).toMatchObject([{ kind: 'clears-later', scenario: 'backlog' }]);
  expect(report.verdict).toBe('pass');
});

test('a removed rule loses its faults, and an added one catches some', async () => {
  const removed = await compare([ruleOf('jobs > 3000')], []);
  expect(linesOf(removed).map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual([
    'missed backlog',
    'missed burst',
    'missed short',
  ]);
});

test('a lost fault names the fastest other rule of the new set that catches it', async () => {
  const slow = ruleOf('sum(jobs) > 3000', { name: 'Slow', for: '1m' });
  const fast = ruleOf('sum(jobs) > 3000', { name: 'Fast', location: { file: 'new.yml', line: 9 } });
  const report = await compare([ruleOf('jobs > 3000'), slow], [ruleOf('jobs > 9999'), slow, fast]);
  const [own] = report.rules;
  const judged = await judgeAlerts({ promtool, arms, rules: [fast], expectations: [], ...times });
  const after = judged.rules[0]?.cells.find(({ scenario }) => scenario === 'burst')?.firing?.delayMs.worst;
  expect(own?.changes.find(({ scenario }) => scenario === 'burst')).toMatchObject({
    kind: 'missed',
    others: { caught: { name: 'Fast', location: fast.location, delayMs: after }, unknown: [] },
  });
  expect(own?.verdict).toBe('fail');
  expect(report.verdict).toBe('fail');
});

test('a rule that is in both sets counts as another one, and so does one that is only renamed', async () => {
  const [same, label] = [ruleOf('sum(jobs) > 3000', { name: 'Sum' }), ruleOf('jobs > 2000', { name: 'Old' })];
  const lost = await compare([ruleOf('jobs > 3000'), same, label], [same, { ...label, name: 'Renamed' }]);
  const burst = lost.rules.find(({ new: next }) => !next)?.changes.find(({ scenario }) => scenario === 'burst');
  expect(burst?.others?.caught?.name).toMatch(/^(?:Sum|Renamed)$/);
  expect(lost.rules.flatMap(({ changes }) => changes.filter(({ kind }) => kind === 'missed'))).toHaveLength(3);
});

test('without another rule that catches the fault, the change says so, and what is not known', async () => {
  const long = ruleOf('jobs > 3000', { name: 'Long', for: '10m' });
  const report = await compare([ruleOf('jobs > 3000'), long], [ruleOf('jobs > 5000'), long]);
  const others = report.rules[0]?.changes.map(({ kind, scenario, others: found }) => [kind, scenario, found]);
  expect(others).toEqual([
    ['later', 'backlog', { caught: undefined, unknown: ['Long'] }],
    ['missed', 'burst', { caught: undefined, unknown: ['Long'] }],
  ]);
  const alone = await compare([ruleOf('jobs > 3000')], []);
  expect(alone.rules[0]?.changes[0]?.others).toEqual({ caught: undefined, unknown: [] });
});

test('other changes name no other rule', async () => {
  const report = await compare([ruleOf('jobs > 5000')], [ruleOf('jobs > 30'), ruleOf('sum(jobs) > 1', { name: 'S' })]);
  expect(report.rules.flatMap(({ changes }) => changes.flatMap(({ others }) => others ?? []))).toEqual([]);
});

const mirrored: Readonly<Record<ChangeKind, ChangeKind>> = {
  missed: 'caught',
  caught: 'missed',
  later: 'earlier',
  earlier: 'later',
  noisier: 'calmer',
  calmer: 'noisier',
  'clears-later': 'clears-sooner',
  'clears-sooner': 'clears-later',
  unknown: 'unknown',
};
const mirror = ({ kind, scenario, baseMs, newMs }: EffectChange) => ({
  kind: mirrored[kind],
  scenario,
  baseMs: newMs,
  newMs: baseMs,
});
const plain = ({ kind, scenario, baseMs, newMs }: EffectChange) => ({ kind, scenario, baseMs, newMs });

test('the other way round, everything is mirrored', async () => {
  const one = [ruleOf('jobs > 5000', { for: '1m' }), ruleOf('jobs > 30', { name: 'Old' })];
  const other = [ruleOf('jobs > 3000', { name: 'Jobs', for: '2m' }), ruleOf('sum(jobs) > 20', { name: 'New' })];
  const [there, back] = [await compare(one, other), await compare(other, one)];
  const kinds = there.rules.flatMap(({ changes }) => changes.map(({ kind }) => kind));
  expect(new Set(kinds).size).toBeGreaterThan(3);
  const named = ({ base, new: next }: CompareReport['rules'][number]): string => base?.name ?? next?.name ?? '';
  for (const rule of there.rules) {
    const opposite = back.rules.find((candidate) => named(candidate) === named(rule));
    expect(opposite?.changes.map(mirror)).toEqual(rule.changes.map(plain));
  }
});

const spread = tuple(constantFrom(60_000, 90_000), constantFrom(0, 30_000), constantFrom(0, 30_000)).map(
  ([min, more, most]) => ({ min, median: min + more, worst: min + more + most }),
);
const effect = record({
  outcomes: array(
    tuple(constantFrom('fired', 'late', 'quiet', 'unknown'), spread, constantFrom(undefined, 1), spread),
    {
      minLength: 3,
      maxLength: 3,
    },
  ),
  hours: constantFrom(0, 6, 6, 6),
  alarms: constantFrom(0, 1, 2),
}).map(({ outcomes, hours, alarms }) => ({
  healthy: { hours, alarms },
  cells: outcomes.map(([outcome, delayMs, clears, clearedMs], index) => ({
    scenario: `fault ${index}`,
    outcome,
    reason: 'why',
    arm: 'control' as const,
    firing:
      outcome === 'quiet' || outcome === 'unknown'
        ? undefined
        : {
            delayMs,
            clearedMs: clears && clearedMs,
            phases: { fired: outcome === 'late' ? 20 : 60, of: 60 },
            worst: {
              phaseMs: 0,
              onsetS: 0,
              pendingS: 0,
              firingS: 0,
              resolvedS: undefined,
              delay: { metricMs: 0, scrapeMs: 0, evaluationMs: 0, forMs: 0 },
              labels: {},
            },
          },
  })),
}));

test('any two effects mirror each other, and none differs from itself unless it is unknown', () => {
  const seen = new Set<ChangeKind>();
  assert(
    property(effect, effect, (one, other) => {
      const changes = compareEffects(one, other);
      for (const { kind } of changes) seen.add(kind);
      expect(compareEffects(other, one).map(mirror)).toEqual(changes.map(plain));
      expect(compareEffects(one, one).every(({ kind }) => kind === 'unknown')).toBe(true);
    }),
    { numRuns: 500 },
  );
  expect([...seen].toSorted()).toEqual(changeKinds.toSorted());
});

test('rules pair by name and expression, then by name, then by expression', () => {
  const base = [ruleOf('a > 1', { name: 'A' }), ruleOf('b > 1', { name: 'B' }), ruleOf('c > 1', { name: 'C' })];
  const next = [ruleOf('b  > 1', { name: 'Renamed' }), ruleOf('a > 2', { name: 'A' }), ruleOf('d > 1', { name: 'D' })];
  const pairs = matchRules(base, next).map((pair) => [pair.base?.name, pair.next?.name]);
  expect(pairs).toEqual([
    ['A', 'A'],
    ['B', 'Renamed'],
    ['C', undefined],
    [undefined, 'D'],
  ]);
});

test('two rules with the same name pair with the one of the same expression', () => {
  const [warn, page] = [ruleOf('a > 1'), ruleOf('a > 9')];
  expect(matchRules([warn, page], [page, warn])).toEqual([
    { base: warn, next: warn },
    { base: page, next: page },
  ]);
});

test('blanks and comments do not make another expression, quoted ones do', () => {
  expect(normalExpr('sum( jobs{q="a  #b"} )>1 # why\n')).toBe(normalExpr('sum(jobs{q="a  #b"}) > 1'));
  expect(normalExpr('jobs{q="a  b"}')).not.toBe(normalExpr('jobs{q="a b"}'));
});
