import { expect, test } from 'vitest';

import { judgeRun, unmet } from '../testing/judge-recording.ts';

test('is inconclusive when the fault took no effect', async () => {
  const report = await judgeRun({ bit: false });
  expect(unmet(report.scenarios[0]?.checks)).toMatchObject({
    'fault-bit': 'inconclusive: the fault took no effect: the flag is set',
  });
  expect(report).toMatchObject({ verdict: 'inconclusive', exitCode: 2 });
});
