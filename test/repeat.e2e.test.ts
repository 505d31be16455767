import { expect, test } from 'vitest';

import { scenarioOf, unmet, verify } from './support/run-drillbook.ts';
import { createSmallProject } from './support/small-project.ts';

test('`--repeat` runs each recovery again: on the healthy fleet, and after it was cut off half-way', async () => {
  await using project = await createSmallProject();
  const { code, report } = await verify(['--only', 'worker-down', '--repeat'], { cwd: project.directory });
  const { checks, procedures } = scenarioOf(report, 'worker-down');
  expect(unmet(checks)).toEqual({});
  expect(checks.map(({ id }) => id)).toEqual(expect.arrayContaining(['repeat:healthy', 'repeat:interrupted']));
  const repeats = procedures.filter(({ purpose }) => purpose === 'repeat');
  expect(repeats.map(({ arm, ended }) => [arm, ended])).toEqual([
    ['treatment', 'exited'],
    ['control', 'cut'],
    ['control', 'exited'],
  ]);
  expect(code).toBe(0);
});
