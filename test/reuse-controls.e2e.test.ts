import { appendFile, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';

import type { HistoryEvent } from '../src/history/events.ts';
import { runDrillbook, scenarioOf, unmet, verify, type Verified } from './run-drillbook.ts';
import { createSmallProject } from './small-project.ts';

function controlArm({ report }: Verified): string | undefined {
  return scenarioOf(report, 'worker-down').checks.find(({ id }) => id === 'control-arm')?.message;
}

test('a control arm stands in for later ones until something but the recovery changes', async () => {
  await using project = await createSmallProject();
  const run = () => verify(['--only', 'worker-down', '--reuse-controls', '1h'], { cwd: project.directory });
  const first = await run();
  expect(unmet(scenarioOf(first.report, 'worker-down').checks)).toEqual({});
  expect(controlArm(first)).not.toMatch(/recorded on/);

  const second = await run();
  expect(unmet(scenarioOf(second.report, 'worker-down').checks)).toEqual({});
  expect(controlArm(second)).toContain(`(recorded on ${first.report.startedAt.slice(0, 10)}`);
  expect(controlArm(second)).toContain(`in run ${path.basename(first.folder)})`);
  expect(second.code).toBe(0);
  const lines = (await readFile(path.join(second.folder, 'history.jsonl'), 'utf8')).trimEnd().split('\n');
  const ofControl = lines.map((line) => JSON.parse(line) as HistoryEvent).filter(({ arm }) => arm === 'control');
  expect(ofControl.map(({ type }) => type)).toEqual(['control.recalled']);
  const judged = await runDrillbook(['judge', second.folder, '--json'], { cwd: project.directory });
  expect(JSON.parse(judged.stdout)).toMatchObject({ verdict: 'pass' });

  // A recovery that does nothing fails as it does without.
  const runbook = path.join(project.directory, 'runbook.md');
  const text = await readFile(runbook, 'utf8');
  await writeFile(runbook, text.replace(/^docker compose (up|start|restart)\b.*$/m, 'true'));
  const broken = await run();
  expect(unmet(scenarioOf(broken.report, 'worker-down').checks)).toHaveProperty('recovered');
  expect(broken.code).toBe(1);
  await writeFile(runbook, text);

  await appendFile(path.join(project.directory, 'compose.yml'), '\n# changed\n');
  const third = await run();
  expect(unmet(scenarioOf(third.report, 'worker-down').checks)).toEqual({});
  expect(controlArm(third)).not.toMatch(/recorded on/);
});
