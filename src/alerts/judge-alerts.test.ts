import { expect, test } from 'vitest';

import type { AlertRule } from '../runbook/runbook.ts';
import type { RuleReport } from './alerts-report.ts';
import { judgeAlerts } from './judge-alerts.ts';
import type { Point, RecordedSeries, Segment } from './recording.ts';
import { requirePromtool } from './testing/promtool.ts';
import type { ArmTruth } from './truth.ts';

const promtool = requirePromtool();
const location = { file: 'rules.yml', line: 1 };

function ruleOf(expr: string, wait?: string): AlertRule {
  return {
    name: 'Jobs',
    expr,
    for: wait,
    keepFiringFor: undefined,
    labels: {},
    annotations: {},
    group: undefined,
    location,
    fields: {},
    exprMap: [],
  };
}

/** `value` scraped every 15 s, at 5 s, 20 s, … */
function segmentOf(untilSeconds: number, valueAt: (second: number) => number | 'stale', late: number[] = []): Segment {
  const seconds = Array.from({ length: Math.floor((untilSeconds - 5) / 15) + 1 }, (_, index) => 5 + index * 15);
  const points = seconds.map((second): Point => ({ s: second * 1000, value: valueAt(second) }));
  const series: RecordedSeries = { name: 'jobs', labels: { job: 'api', instance: 'api:1' }, kind: 'gauge', points };
  return {
    name: 'x/control',
    scenario: 'x',
    arm: 'control',
    startS: 0,
    endS: points.at(-1)?.s ?? 0,
    intervalMs: 15_000,
    series: [series],
    scrapes: points.map(({ s, value }) => ({
      target: 'api',
      s,
      tookMs: 10,
      ok: value !== 'stale',
      late: late.includes(s / 1000),
    })),
  };
}

function truthOf(untilSeconds: number, onsetSeconds = 100, overSeconds = untilSeconds): ArmTruth {
  return {
    scenario: 'x',
    arm: 'control',
    startS: 0,
    startT: 0,
    breaks: true,
    endS: untilSeconds * 1000,
    problem: undefined,
    fault: {
      kind: 'backlog',
      onsetS: onsetSeconds * 1000,
      overS: overSeconds * 1000,
      recovered: overSeconds < untilSeconds,
    },
  };
}

async function judge(rule: AlertRule, segment: Segment, truth: ArmTruth): Promise<RuleReport> {
  const arms = [{ run: 'r', truth, segment, clock: { startT: 0, timeScale: 10 } }];
  const { rules, confirmed } = await judgeAlerts({
    promtool,
    rules: [rule],
    arms,
    evaluationMs: 60_000,
    scrapeMs: 15_000,
    expectations: [],
  });
  expect(confirmed).toBeGreaterThan(0);
  const [report] = rules;
  if (!report) throw new Error('there is no report');
  return report;
}

const stepAt =
  (onset: number, until = Infinity) =>
  (second: number) =>
    second >= onset && second < until ? 9 : 0;

test('a step at 460 s fires when the scrape, the evaluation at each phase and `for` have passed', async () => {
  const { cells, verdict, healthy } = await judge(
    ruleOf('jobs > 5', '5m'),
    segmentOf(1200, stepAt(460)),
    truthOf(1200, 460),
  );
  const [cell] = cells;
  expect(cell).toMatchObject({ outcome: 'fired', firing: { phases: { fired: 60, of: 60 } } });
  // The scrape at 470 s shows it. The evaluation comes between 0 and 59 s later.
  expect(cell?.firing?.delayMs).toEqual({ min: 310_000, median: 339_000, worst: 369_000 });
  expect(cell?.firing?.worst).toMatchObject({
    phaseMs: 49_000,
    pendingS: 529_000,
    firingS: 829_000,
    delay: { metricMs: 0, scrapeMs: 10_000, evaluationMs: 59_000, forMs: 300_000 },
  });
  expect(healthy.alarms).toBe(0);
  expect(verdict).toBe('pass');
});

test('the parts of the delay add up', async () => {
  const { cells } = await judge(ruleOf('jobs > 5', '2m'), segmentOf(800, stepAt(150)), truthOf(800));
  const { worst, delayMs } = cells[0]?.firing ?? {};
  const { metricMs = 0, scrapeMs = 0, evaluationMs = 0, forMs = 0 } = worst?.delay ?? {};
  expect(metricMs).toBe(40_000);
  expect(metricMs + scrapeMs + evaluationMs + forMs).toBe(delayMs?.worst);
});

test('a rule that the fault does not move is quiet, and dead if there is no other fault', async () => {
  const { cells, findings, verdict } = await judge(
    ruleOf('jobs > 50', '1m'),
    segmentOf(800, stepAt(100)),
    truthOf(800),
  );
  expect(cells[0]).toMatchObject({ outcome: 'quiet' });
  expect(findings.map(({ id }) => id)).toEqual(['dead']);
  expect(verdict).toBe('fail');
});

test('a fault that is too short for the rule proves nothing, and the missing time is said', async () => {
  const { cells, verdict } = await judge(ruleOf('jobs > 5', '10m'), segmentOf(342, stepAt(100)), truthOf(342));
  expect(cells[0]).toMatchObject({ outcome: 'unknown', missingMs: 675_000 - 235_000 });
  expect(cells[0]?.reason).toContain('needs 11 m 15 s');
  expect(verdict).toBe('inconclusive');
});

test('an alert that fires at some evaluation phases only is late', async () => {
  // True from 110 s to 245 s: with `for: 2m` only some phases see it for long enough.
  const { cells, verdict } = await judge(ruleOf('jobs > 5', '2m'), segmentOf(800, stepAt(100, 245)), truthOf(800));
  expect(cells[0]).toMatchObject({ outcome: 'late' });
  expect(cells[0]?.reason).toMatch(/fires at \d+ of 60 evaluation phases only/);
  expect(verdict).toBe('fail');
});

test('an alarm before the fault is false', async () => {
  const { findings, healthy } = await judge(
    ruleOf('jobs > 5'),
    segmentOf(800, (second) => (second < 40 || second > 300 ? 9 : 0)),
    truthOf(800, 300),
  );
  expect(healthy.alarms).toBe(1);
  expect(findings.map(({ id }) => id)).toContain('false-alarm');
});

test('a scrape that this machine was too slow for makes the rule unknown', async () => {
  const segment = segmentOf(800, stepAt(100), [200]);
  const { cells, verdict } = await judge(ruleOf('jobs > 5', '5m'), segment, truthOf(800));
  expect(cells[0]).toMatchObject({ outcome: 'unknown', reason: expect.stringContaining('too slow') as string });
  expect(verdict).toBe('inconclusive');
});

test('one missed scrape restarts `for`, unless the expression bridges it', async () => {
  const plain = await judge(ruleOf('jobs > 5', '5m'), segmentOf(1200, stepAt(100)), truthOf(1200));
  expect(plain.findings.map(({ id }) => id)).toEqual(['one-missed-scrape']);
  const bridged = await judge(
    ruleOf('last_over_time(jobs[1m]) > 5', '5m'),
    segmentOf(1200, stepAt(100)),
    truthOf(1200),
  );
  expect(bridged.findings).toEqual([]);
});

test('a counter that is compared with a number cannot clear', async () => {
  const segment = segmentOf(800, stepAt(100));
  const counters = { ...segment, series: segment.series.map((series) => ({ ...series, kind: 'counter' as const })) };
  const { findings } = await judge(ruleOf('jobs > 5', '1m'), counters, truthOf(800));
  expect(findings.map(({ id }) => id)).toContain('cannot-clear');
});

test('an alert that no evaluation could have cleared since the recovery is not called stuck', async () => {
  const stuck = async (overS: number): Promise<readonly string[]> => {
    const { findings } = await judge(ruleOf('jobs > 5', '1m'), segmentOf(800, stepAt(100)), truthOf(800, 100, overS));
    return findings.flatMap(({ id, message }) => (id === 'cannot-clear' ? [message] : []));
  };
  // The recording ends at 800 s. A scrape and an evaluation may take 75 s.
  for (const overS of [730, 799]) expect(await stuck(overS)).toEqual([]);
  expect(await stuck(700)).toEqual(['Jobs still fires 1 m 40 s after the recovery from x']);
});

/** BullMQ's two counters of a fleet that completes this many jobs a second, and fails none. */
function counted(perSecond: number): Segment {
  const segment = segmentOf(800, stepAt(100));
  const counter = (name: string, valueAt: (second: number) => number): RecordedSeries[] =>
    segment.series.map(({ labels, points }) => ({
      name,
      labels: { ...labels, queue: 'mail' },
      kind: 'counter',
      points: points.map(({ s }): Point => ({ s, value: s === 200_000 ? 'stale' : valueAt(s / 1000) })),
    }));
  const completed = counter('bullmq_job_completed_total', (second) => second * perSecond);
  return { ...segment, series: [...segment.series, ...completed, ...counter('bullmq_job_failed_total', () => 0)] };
}

test('a rule on counters of BullMQ that are off is told so', async () => {
  for (const expr of ['rate(bullmq_job_completed_total[1m]) < 1', 'increase(bullmq_job_failed_total[5m]) > 5']) {
    const { findings, verdict } = await judge(ruleOf(expr), counted(0), truthOf(800));
    const finding = findings.find(({ id }) => id === 'counters-off');
    expect(finding).toMatchObject({ severity: 'fail', locations: [location] });
    expect(finding?.message).toMatch(/_total stays 0 in all recordings.*counters are off.*maxDataPoints/);
    expect(verdict).toBe('fail');
  }
});

test('a counter of failures that stays 0 is no flaw while jobs are counted, and neither is a rule on a gauge', async () => {
  const idsOf = async (expr: string, perSecond: number): Promise<readonly string[]> =>
    (await judge(ruleOf(expr), counted(perSecond), truthOf(800))).findings.map(({ id }) => id);
  expect(await idsOf('increase(bullmq_job_failed_total[5m]) > 5', 2)).not.toContain('counters-off');
  expect(await idsOf('jobs > 5', 0)).not.toContain('counters-off');
});

test('a rule that fires in one recording of a fault and not in another is late', async () => {
  const arms = [stepAt(460), stepAt(Infinity)].map((valueAt, index) => ({
    run: `r${index}`,
    truth: truthOf(1200, 460),
    segment: segmentOf(1200, valueAt),
    clock: { startT: 0, timeScale: 10 },
  }));
  const rules = [ruleOf('jobs > 5', '5m')];
  const input = { promtool, rules, arms, evaluationMs: 60_000, scrapeMs: 15_000, expectations: [] };
  const [report] = (await judgeAlerts(input)).rules;
  expect(report?.cells).toMatchObject([
    { outcome: 'late', reason: expect.stringContaining('1 of 2 recordings') as string },
  ]);
  expect(report?.verdict).toBe('fail');
});

test('a rule that reads a recording rule is unknown, and its metric is not called missing', async () => {
  const arms = [
    { run: 'r', truth: truthOf(800), segment: segmentOf(800, stepAt(100)), clock: { startT: 0, timeScale: 10 } },
  ];
  const recording = { ...ruleOf('sum(jobs)'), name: 'fleet:jobs' };
  const input = { promtool, arms, evaluationMs: 60_000, scrapeMs: 15_000, expectations: [] };
  const rules = [ruleOf('fleet:jobs > 5', '1m')];
  const [report] = (await judgeAlerts({ ...input, rules, recordings: [recording] })).rules;
  expect(report).toMatchObject({ verdict: 'inconclusive', findings: [], cells: [{ outcome: 'unknown' }] });
  expect(report?.cells[0]?.reason).toContain('fleet:jobs, which is not run');
  const [without] = (await judgeAlerts({ ...input, rules })).rules;
  expect(without?.findings.map(({ id }) => id)).toContain('unknown-metric');
});

test('a fault that took no effect has a line of its own, and is unknown', async () => {
  const truth = { ...truthOf(800), fault: undefined, problem: 'the fault took no effect' };
  const arms = [{ run: 'r', truth, segment: segmentOf(800, stepAt(100)), clock: { startT: 0, timeScale: 10 } }];
  const input = { promtool, arms, evaluationMs: 60_000, scrapeMs: 15_000, expectations: [] };
  const { faults, rules } = await judgeAlerts({ ...input, rules: [ruleOf('jobs > 5')] });
  expect(faults).toEqual(['x']);
  expect(rules[0]?.cells).toMatchObject([{ outcome: 'unknown', reason: 'the fault took no effect' }]);
});
