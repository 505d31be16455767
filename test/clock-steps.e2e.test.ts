import path from 'node:path';
import { expect, test } from 'vitest';

import type { HistoryEvent } from '../src/history/events.ts';
import { readHistory } from '../src/history/reader.ts';
import { projectDir, unmet, verify } from './support/run-drillbook.ts';
import { sandboxObjects } from './support/sandbox-objects.ts';
import { createSmallProject } from './support/small-project.ts';

test('a wall clock that jumps by an hour or a day changes no verdict, and no time in the history goes back', async () => {
  await using project = await createSmallProject();
  const env = { NODE_OPTIONS: `--import ${path.join(projectDir, 'test/preload/step-wall-clock.mjs')}` };
  const { code, report, folder } = await verify(['--only', 'worker-down', '--time-scale', '5'], {
    cwd: project.directory,
    env,
  });
  expect(report.scenarios.map(({ id, checks }) => [id, unmet(checks)])).toEqual([['worker-down', {}]]);
  expect(unmet(report.checks)).toEqual({});
  expect(code).toBe(0);
  let last: HistoryEvent | undefined;
  for await (const event of readHistory(path.join(folder, 'history.jsonl'))) {
    expect(event.t).toBeGreaterThanOrEqual(last?.t ?? 0);
    expect(event.s).toBeGreaterThanOrEqual(last?.s ?? 0);
    last = event;
  }
  expect(last?.type).toBe('run.ended');
  // A jump of a day within any span would show here.
  expect(report.duration.realMs).toBeLessThan(300_000);
  expect(report.duration.sandboxMs).toBeCloseTo(report.duration.realMs * report.timeScale, -3);
  expect(await sandboxObjects()).toEqual([]);
});
