/**
 * The cases of Prometheus' own compliance suite for alert generators, as timelines. Evaluations are every 15 s, and so
 * are samples. promtool and our machine must both give the expected timeline.
 */
import { expect, test } from 'vitest';

import { machineProblem, runMachine } from './alert-machine.ts';
import { evaluateAlerts, evaluateExpressions } from './evaluate.ts';
import type { TimedRule } from './run-rules.ts';
import { requirePromtool } from './testing/promtool.ts';
import { segmentOf, seriesOf } from './testing/segment.ts';
import { timelinesText } from './testing/timelines-text.ts';
import type { Point } from './recording.ts';

interface Case {
  /** One word for each evaluation: a value, `_` for a missing sample, `stale`. */
  readonly samples: string;
  readonly expr?: string;
  /** Sandbox seconds. */
  readonly for?: number;
  readonly keep?: number;
  readonly labels?: TimedRule['labels'];
  readonly expected: readonly string[];
}

const cases: Readonly<Record<string, Case>> = {
  'without `for`, an alert fires at once': {
    samples: '0 9 9 0',
    expected: ['{}: firing 15-45'],
  },
  'a `for` shorter than the interval waits for the next evaluation': {
    samples: '0 9 9 9 0',
    for: 5,
    expected: ['{}: pending 15-30, firing 30-60'],
  },
  'a `for` of exactly two intervals ends at the second evaluation': {
    samples: '0 9 9 9 9 0',
    for: 30,
    expected: ['{}: pending 15-45, firing 45-75'],
  },
  'a `for` that is no multiple ends at the evaluation after it': {
    samples: '0 9 9 9 9 0',
    for: 31,
    expected: ['{}: pending 15-60, firing 60-75'],
  },
  'a pending alert ends without firing': {
    samples: '0 9 9 0 0',
    for: 45,
    expected: ['{}: pending 15-45'],
  },
  'one evaluation without the alert restarts `for`': {
    samples: '0 9 9 0 9 9 9',
    for: 30,
    expected: ['{}: pending 15-45, pending 60-90, firing 90-'],
  },
  'an alert fires again, and waits again': {
    samples: '9 9 9 0 0 9 9 9 0',
    for: 15,
    expected: ['{}: pending 0-15, firing 15-45, pending 75-90, firing 90-120'],
  },
  'an alert without `for` fires again at the next evaluation': {
    samples: '9 0 9 0 9',
    expected: ['{}: firing 0-15, firing 30-45, firing 60-'],
  },
  '`keep_firing_for` counts from the first evaluation that is not true': {
    samples: '9 9 0 0 0 0 0 0',
    keep: 45,
    expected: ['{}: firing 0-75'],
  },
  'a `keep_firing_for` that is no multiple ends at the evaluation after it': {
    samples: '9 9 0 0 0 0 0 0',
    keep: 46,
    expected: ['{}: firing 0-90'],
  },
  'an alert that comes back while it is kept fires on, and is kept from zero again': {
    samples: '9 0 0 9 0 0 0 0 0',
    keep: 45,
    expected: ['{}: firing 0-105'],
  },
  'a pending alert is not kept': {
    samples: '9 9 0 0 9 9 9 0 0 0 0 0',
    for: 30,
    keep: 30,
    expected: ['{}: pending 0-30, pending 60-90, firing 90-135'],
  },
  'a missing sample is covered by the one before': {
    samples: '0 9 _ _ 9 0',
    for: 30,
    expected: ['{}: pending 15-45, firing 45-75'],
  },
  'a stale marker ends the series at once': {
    samples: '0 9 9 stale _ 9 9 9',
    for: 30,
    expected: ['{}: pending 15-45, pending 75-105, firing 105-'],
  },
  'NaN is above no threshold': {
    samples: '9 NaN 9 Inf -Inf',
    expected: ['{}: firing 0-15, firing 30-60'],
  },
  'a metric that is absent fires from the first evaluation on': {
    samples: '_ _ _ 1 stale',
    expr: 'absent(m)',
    for: 15,
    expected: ['{}: pending 0-15, firing 15-45, pending 60-'],
  },
  'the labels of the rule replace those of the result': {
    samples: '9 0',
    expr: 'label_replace(m, "a", "old", "", "") > 5',
    labels: { a: 'new', b: '{{ $labels.a }}!', none: '' },
    expected: ['{"a":"new","b":"old!"}: firing 0-15'],
  },
  'a label with the value makes another alert at each evaluation': {
    samples: '6 7 7 8 0',
    for: 30,
    labels: { value: '{{ $value }}' },
    expected: ['{"value":"6"}: pending 0-15', '{"value":"7"}: pending 15-45', '{"value":"8"}: pending 45-60'],
  },
};

const promtool = requirePromtool();
const grid = { intervalMs: 15_000, phaseMs: 0 };

function segmentFor({ samples }: Case) {
  const words = samples.split(' ');
  const points = words.flatMap((word, index): (readonly [number, Point['value']])[] =>
    word === '_' ? [] : [[15 * index, word === 'stale' ? word : Number(word.replace('Inf', 'Infinity'))]],
  );
  return segmentOf(15 * (words.length - 1), [seriesOf('m', points)]);
}

test.for(Object.entries(cases))('%s', async ([, each]) => {
  const segment = segmentFor(each);
  const expr = each.expr ?? 'm > 5';
  const rule: TimedRule = {
    name: 'High',
    expr,
    for: each.for === undefined ? undefined : `${each.for}s`,
    keepFiringFor: each.keep === undefined ? undefined : `${each.keep}s`,
    labels: each.labels ?? {},
  };
  const [outcome] = await evaluateAlerts(promtool, segment, [rule], grid);
  if (!outcome || 'problem' in outcome) throw new Error(outcome?.problem);
  expect(timelinesText(outcome.alerts)).toEqual(each.expected);

  if (machineProblem(rule.labels)) return;
  const [result] = await evaluateExpressions(promtool, segment, [expr], grid);
  if (!result || 'problem' in result) throw new Error(result?.problem);
  const settings = { forMs: (each.for ?? 0) * 1000, keepFiringForMs: (each.keep ?? 0) * 1000, labels: rule.labels };
  expect(timelinesText(runMachine(result, settings, { startS: 0, ...grid }))).toEqual(each.expected);
});

test('a sample of exactly five minutes ago is seen by Prometheus 2, and not by Prometheus 3', async () => {
  const segment = segmentOf(330, [seriesOf('m', [[0, 9]])]);
  const [outcome] = await evaluateAlerts(
    promtool,
    segment,
    [{ name: 'High', expr: 'm > 5', for: undefined, keepFiringFor: undefined, labels: {} }],
    grid,
  );
  const until = promtool.version.startsWith('2.') ? 315 : 300;
  expect(outcome && 'alerts' in outcome && timelinesText(outcome.alerts)).toEqual([`{}: firing 0-${until}`]);
});
