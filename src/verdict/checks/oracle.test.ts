import { describe, expect, test } from 'vitest';

import { checkOracle } from './oracle.ts';
import { judgeRun } from '../testing/judge-recording.ts';
import { baseRun } from '../testing/sample-run.ts';
import { file, threshold, thresholds } from '../testing/record-run.ts';

test('fails when the runbook loosens a threshold', async () => {
  const loose = [
    threshold('waiting', { text: '< 9000', max: { value: 9000, inclusive: false } }, 61),
    ...thresholds.slice(1),
  ];
  const report = await judgeRun({
    runbook: { thresholds: loose },
  });
  const check = report.checks.find(({ id }) => id === 'oracle');
  expect(check).toMatchObject({
    verdict: 'fail',
    message: 'the oracle moved: the normal range of `waiting` was loosened from < 1000 to < 9000',
    locations: [{ file, line: 61 }],
  });
  expect(report.exitCode).toBe(1);
});

test('fails when a threshold is gone or cannot be read', async () => {
  const odd = [threshold('waiting', { text: 'some' }, 61), ...thresholds.slice(2)];
  const report = await judgeRun({
    runbook: { thresholds: odd },
  });
  const check = report.checks.find(({ id }) => id === 'oracle');
  expect(check?.findings.map(({ message }) => message)).toEqual([
    'the normal range of `waiting` cannot be read: some',
    'the runbook no longer states a threshold for `active` (agreed: 1-50)',
  ]);
});

describe('a table with two levels', () => {
  const leveled = (warning: number, alert: number) => {
    const above = (value: number) => ({ text: `> ${value}`, min: { value, inclusive: false } });
    const [waiting, ...others] = thresholds;
    if (!waiting) throw new Error('the test is wrong');
    return [{ ...waiting, alert: above(alert), warning: above(warning) }, ...others];
  };
  const judged = async (warning: number, alert: number) => {
    const report = await judgeRun({ runbook: { thresholds: leveled(warning, alert) } });
    return report.checks.find(({ id }) => id === 'oracle');
  };

  test('passes if one of them is the agreed one', async () => {
    expect(await judged(5000, 9000)).toMatchObject({ verdict: 'pass' });
    expect(await judged(2000, 5000)).toMatchObject({ verdict: 'pass' });
  });

  test('fails if both are looser', async () => {
    expect(await judged(6000, 9000)).toMatchObject({
      verdict: 'fail',
      message: expect.stringMatching(/alert threshold of `waiting` was loosened from > 5000 to > 9000/) as unknown,
    });
  });
});

describe('a threshold that the runbook states and Drillbook cannot read', () => {
  const unread = { message: 'the normal range of waiting cannot be read: `few`', location: { file, line: 61 } };
  const notUnderstood = [
    { ...unread, threshold: 'waiting' as const },
    { message: 'the row `p99` is none of ours', location: { file, line: 70 } },
  ];

  test('fails at its line if it was agreed', async () => {
    const report = await judgeRun({ runbook: { thresholds: thresholds.slice(1), notUnderstood } });
    expect(report.checks.find(({ id }) => id === 'oracle')).toMatchObject({
      verdict: 'fail',
      findings: [{ message: `${unread.message} (agreed: < 1000)`, location: unread.location }],
    });
  });

  test('is inconclusive if it was not agreed, because nothing says what healthy is', () => {
    const runbook = { ...baseRun.runbook, thresholds: thresholds.slice(1), notUnderstood };
    const check = checkOracle({ ...baseRun, runbook, pinnedThresholds: thresholds.slice(1) });
    expect(check).toMatchObject({ verdict: 'inconclusive', findings: [unread] });
  });

  test('a note about something else changes nothing, and the report lists it', async () => {
    const report = await judgeRun({ runbook: { notUnderstood: notUnderstood.slice(1) } });
    expect(report.checks.find(({ id }) => id === 'oracle')).toMatchObject({ verdict: 'pass' });
    expect(report.verdict).toBe('pass');
    expect(report.runbook.notUnderstood).toEqual(notUnderstood.slice(1));
  });

  test('an older history says nothing about it', async () => {
    const report = await judgeRun({});
    expect(report.verdict).toBe('pass');
    expect(report.runbook).not.toHaveProperty('notUnderstood');
  });
});

describe('a runbook that states no thresholds', () => {
  const alerts = { rules: [], recordings: [], problems: [] };
  const problem = { message: 'no expression', next: 'write one', location: { file, line: 80 } };
  const oracleOf = async (runbook: Partial<typeof baseRun.runbook>) => {
    const { checks } = await judgeRun({ runbook: { thresholds: [], ...runbook } });
    return checks.find(({ id }) => id === 'oracle');
  };

  test('is held to the agreed ones, and the check says so', async () => {
    expect(await oracleOf({ alerts })).toMatchObject({
      verdict: 'pass',
      message: 'the runbook states no thresholds, so the 5 agreed ones hold',
    });
    const report = await judgeRun({ runbook: { thresholds: [], alerts } });
    expect(report.scenarios[0]).toMatchObject({ verdict: 'pass' });
    const broken = await judgeRun({
      runbook: { thresholds: [], alerts },
      whileSettling: (world) => void (world.delayed = 501),
    });
    expect(broken.scenarios[0]?.checks.find(({ id }) => id === 'recovered')).toMatchObject({
      verdict: 'fail',
      message: expect.stringMatching(/delayed of mail was 501, normal is < 500/) as unknown,
    });
  });

  test('has lost them if it has alert rules, or a row that cannot be read', async () => {
    const rules = { ...alerts, problems: [problem] };
    expect(await oracleOf({ alerts: rules })).toMatchObject({ verdict: 'fail' });
    const notUnderstood = [{ message: 'few', location: { file, line: 61 }, threshold: 'waiting' as const }];
    expect(await oracleOf({ alerts, notUnderstood })).toMatchObject({ verdict: 'fail' });
  });

  test('is judged as before if its history does not say which rules it has', async () => {
    expect(await oracleOf({})).toMatchObject({ verdict: 'fail' });
  });

  test('leaves a run without agreed ones inconclusive', () => {
    const runbook = { ...baseRun.runbook, thresholds: [], alerts };
    expect(checkOracle({ ...baseRun, runbook, pinnedThresholds: [] })).toMatchObject({ verdict: 'inconclusive' });
  });
});
