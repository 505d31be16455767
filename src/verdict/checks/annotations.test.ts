import { expect, test } from 'vitest';

import { judgeRun } from '../testing/judge-recording.ts';
import { file, recovery } from '../testing/record-run.ts';

const step = { address: recovery, location: { file, line: 30 }, shows: [], args: [] };

test('fails, at the block, when its annotation sets what nothing outside the runbook allows', async () => {
  const { scenarios } = await judgeRun({ plan: { recovery: [{ ...step, ignored: ['expect-exit'] }] } });
  expect(scenarios[0]?.checks.find(({ id }) => id === 'annotations')).toMatchObject({
    verdict: 'fail',
    message: expect.stringMatching(/sets `expect-exit`.*changed nothing/) as string,
    locations: [{ file, line: 30 }],
  });
});

test('is not asked when no annotation is ignored', async () => {
  const { scenarios } = await judgeRun({ plan: { recovery: [step] } });
  expect(scenarios[0]?.checks.map(({ id }) => id)).not.toContain('annotations');
});
