import { assert, property } from 'fast-check';
import { expect, test } from 'vitest';

import { adviceOf } from '../alerts/say-sweep.ts';
import type { SweepReport, SweptPair } from '../alerts/sweep-report.ts';
import { harmfulIn, hostileText } from '../kernel/testing/hostile-text.ts';
import { renderSweep } from './render-sweep.ts';

const options = { color: false, cwd: '/project' };

function pair(threshold: number, forMs: number, changes: Partial<SweptPair> = {}): SweptPair {
  const caught = [{ scenario: 'backlog', detectionMs: forMs + 75_000, resetMs: 60_000, outlasts: false }];
  const nothing = { missed: [], unknown: [], falseAlarms: 0, perhapsLoud: [], dominatedBy: undefined };
  return { threshold, forMs, caught, ...nothing, ...changes };
}

const missed = { caught: [], missed: [{ scenario: 'backlog', reason: 'does not fire in 10 m' }] };
const chosen = pair(3000, 60_000);
const present = pair(5000, 300_000, { ...missed, dominatedBy: chosen });

function reportOf(changes: Partial<SweepReport> = {}): SweepReport {
  const facts = {
    verdict: 'pass' as const,
    rule: { name: 'Jobs', expr: 'jobs > 5000', for: '5m', location: { file: '/project/rules.yml', line: 3 } },
    operator: '>' as const,
    thresholds: [3000, 5000],
    waitsMs: [60_000, 300_000],
    swept: ['backlog'],
    keptOut: ['burst'],
    uncaught: ['redis-down'],
    undecided: [],
    healthy: { hours: 6, peak: 412 },
    pairs: [
      chosen,
      pair(3000, 300_000, { unknown: [{ scenario: 'burst', reason: 'too short' }] }),
      pair(5000, 60_000, { ...missed, falseAlarms: 2 }),
      present,
    ],
    present,
    chosen,
    onKeptOut: { present, chosen: { ...chosen, caught: [{ ...chosen.caught[0], scenario: 'burst' }] } },
    nearMisses: [{ scenario: 'backlog', threshold: 3000, forMs: undefined, both: undefined }],
    promtool: '3.5.3',
    confirmed: 4,
    runs: ['20261130-1'],
    ...changes,
  } as SweepReport;
  return { ...facts, advice: adviceOf(facts) };
}

test('the text has the map, the chosen setting beside the present one, near misses and one sentence', () => {
  expect(renderSweep(reportOf(), options)).toBe(
    [
      'Jobs  rules.yml:3',
      '  jobs > 5000  for 5m',
      '',
      'for     1m   5m',
      '> 3000  0*   0?1',
      '> 5000  1+2  1!',
      'missed faults, +false alarms, ?unknown faults; * the setting to take, ! the present one',
      '',
      'setting        caught  missed  unknown  detection  reset  false alarms',
      '> 3000 for 1m  1       0       0        2 m 15 s   1 m    0             take it',
      '> 5000 for 5m  0       1       0        -          -      0             present, worse than > 3000 for 1m',
      '> 5000 for 1m  0       1       0        -          -      2             on the front',
      'and 1 setting of which nothing is sure, because a fault is unknown',
      '',
      'chosen by    backlog',
      'kept out     burst',
      'no setting   catches redis-down',
      'healthy      6 h, in which the value came to 412 at most',
      'near miss    Jobs would have caught backlog with > 3000',
      'promtool     3.5.3, which confirmed 4 timelines',
      'recorded in  20261130-1',
      '',
      "pass: Set Jobs to > 3000 for 1m: it catches 1 of 1 fault within 2 m 15 s and raises no false alarm in 6 h; today's > 5000 for 5m catches 0 of 1 fault, misses backlog and raises no false alarm in 6 h; of 1 fault that the choice did not see it catches 1.",
      '',
    ].join('\n'),
  );
});

test('a setting that is not known to be quiet says so, and so does a present one that shows nothing', () => {
  const refused = [{ scenario: 'backlog', reason: 'labels collide' }];
  const now = pair(5000, 300_000, { caught: [], unknown: refused });
  const loud = pair(3000, 60_000, { perhapsLoud: [{ scenario: 'healthy', reason: 'labels collide' }] });
  const text = renderSweep(reportOf({ pairs: [loud, now], present: now, chosen: loud }), options);
  expect(text).toMatch(/^> 3000 for 1m .* 0, perhaps 1 +take it$/m);
  expect(text).toMatch(/^present +backlog is unknown: labels collide$/m);
});

test('a present setting that is the best is kept', () => {
  const best = pair(5000, 300_000);
  expect(reportOf({ present: best, chosen: best }).advice).toMatch(/^Keep Jobs at > 5000 for 5m: it catches 1 of 1/);
});

test('a sweep in which nothing fires points at the expression', () => {
  const text = renderSweep(reportOf({ chosen: undefined, onKeptOut: undefined }), options);
  expect(text).toContain('Change the expression of Jobs and not its threshold: none of 4 settings lets it fire for');
  expect(text).not.toContain('take it');
});

test('what is unknown is in the sentence', () => {
  const { advice } = reportOf({
    undecided: [{ scenario: 'queues-paused', reason: 'the machine was busy' }],
    healthy: { hours: 0, peak: undefined },
  });
  expect(advice).toContain('not known: queues-paused (the machine was busy)');
  expect(advice).toContain('false alarms are unknown');
});

test('no text of a rule file controls the terminal', () => {
  assert(
    property(hostileText, (text) => {
      const { rule } = reportOf();
      const undecided = [{ scenario: 'x', reason: text }];
      const report = reportOf({ rule: { ...rule, name: text, expr: text }, undecided, runs: [text] });
      expect(harmfulIn(renderSweep(report, options))).toEqual(harmfulIn(''));
    }),
    { numRuns: 200 },
  );
});
