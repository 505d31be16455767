import { expect, test } from 'vitest';

import type { CompareReport, RuleComparison } from '../alerts/compare-rules.ts';
import { renderCompare } from './render-compare.ts';

const options = { color: false, cwd: '/project' };
const side = (file: string, name: string, threshold: number) => ({
  name,
  expr: `jobs > ${threshold}`,
  for: '5m',
  location: { file: `/project/${file}.yml`, line: 3 },
});
const rule: RuleComparison = {
  verdict: 'fail',
  base: side('old', 'Jobs', 3000),
  new: side('new', 'Backlog', 5000),
  differs: ['name', 'expr'],
  changes: [
    { kind: 'later', scenario: 'backlog', baseMs: 360_000, newMs: 420_000, message: '6 m → 7 m' },
    { kind: 'noisier', scenario: undefined, baseMs: undefined, newMs: undefined, message: '0 → 1 false alarm in 6 h' },
  ],
  byText: false,
};

function textOf(rules: readonly RuleComparison[]): string {
  const report: CompareReport = {
    verdict: 'fail',
    promtool: '3.5.3',
    rules,
    runs: ['20261130-1'],
    faults: ['backlog'],
    confirmed: 2,
  };
  return renderCompare(report, options);
}

test('each change has its fault and its times, and the totals come last', () => {
  expect(textOf([rule])).toBe(
    [
      'FAIL         Jobs → Backlog  old.yml:3 and new.yml:3  (name, expr differ)',
      '             jobs > 3000  for 5m',
      '             jobs > 5000  for 5m',
      '             backlog: caught later, 6 m → 7 m',
      '             healthy: noisier, 0 → 1 false alarm in 6 h',
      '',
      'promtool     3.5.3, which confirmed 2 timelines',
      'recorded in  20261130-1',
      '',
      'FAIL: 1 caught later, 1 noisier',
      '',
    ].join('\n'),
  );
});

test('a lost fault names the rule that still catches it, or says that there is none', () => {
  const lost = { kind: 'missed', scenario: 'backlog', baseMs: 360_000, newMs: undefined, message: 'quiet' } as const;
  const other = { name: 'Other\u001b[2J', location: { file: '/project/new.yml', line: 9 }, delayMs: 115_000 };
  const says = (others: NonNullable<RuleComparison['changes'][number]['others']>): string =>
    textOf([{ ...rule, changes: [{ ...lost, others }] }]);
  expect(says({ caught: other, unknown: [] })).toMatch(
    /^ +backlog: no longer caught, quiet; Other[^\u001b]* \(new\.yml:9\) of the new rules still catches it after 1 m 55 s$/m,
  );
  expect(says({ caught: undefined, unknown: [] })).toMatch(/quiet; no other rule of the new set catches it$/m);
  expect(says({ caught: undefined, unknown: ['A', 'B'] })).toMatch(
    /quiet; no other rule of the new set is known to catch it \(unknown: A, B\)$/m,
  );
});

test('a rule without a change has the same effect', () => {
  const same = { ...rule, verdict: 'pass' as const, changes: [] };
  expect(textOf([same])).toContain('same effect in these recordings');
  expect(textOf([{ ...same, byText: true }])).toMatch(/^ +same effect$/m);
});

test('without a difference there is one line', () => {
  expect(textOf([])).toBe('no rule differs\n');
});
