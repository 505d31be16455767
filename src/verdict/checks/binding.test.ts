import { expect, test } from 'vitest';

import { judgeRun } from '../testing/judge-recording.ts';
import { file } from '../testing/record-run.ts';

test('is the only check, and fails, when a section is gone', async () => {
  const unbound = [{ selector: '3.2 > Solution', message: 'matches no block', location: { file, line: 1 } }];
  const report = await judgeRun({ plan: { unbound } });
  expect(report.scenarios[0]?.checks.map(({ id, verdict }) => [id, verdict])).toEqual([['binding', 'fail']]);
});
