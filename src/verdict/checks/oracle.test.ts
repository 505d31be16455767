import { expect, test } from 'vitest';

import { judgeRun } from '../testing/judge-recording.ts';
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
