import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';

import type { HistoryEvent } from '../src/history/events.ts';
import { runDrillbook, scenarioOf, unmet, verify, type Verified } from './support/run-drillbook.ts';
import { createSmallProject } from './support/small-project.ts';

function controlArm({ report }: Verified): string | undefined {
  return scenarioOf(report, 'worker-down').checks.find(({ id }) => id === 'control-arm')?.message;
}

async function onlyFile(folder: string): Promise<string> {
  const [name = 'none', ...others] = await readdir(folder);
  expect(others).toEqual([]);
  return path.join(folder, name);
}

test('a recorded control arm replaces later ones, and a recovery that does nothing still fails', async () => {
  await using project = await createSmallProject();
  const run = () => verify(['--only', 'worker-down', '--reuse-controls', '1h'], { cwd: project.directory });
  const first = await run();
  expect(unmet(scenarioOf(first.report, 'worker-down').checks)).toEqual({});
  expect(controlArm(first)).not.toMatch(/recorded on/);

  // A recording that cannot be read is noted, and the control arm runs again.
  await writeFile(await onlyFile(path.join(project.directory, '.drillbook/controls/worker-down')), '{');
  const again = await run();
  expect(unmet(scenarioOf(again.report, 'worker-down').checks)).toEqual({});
  expect(controlArm(again)).not.toMatch(/recorded on/);
  expect(again.report.notes.join()).toMatch(/is not a recorded control arm: it is not JSON/);

  const second = await run();
  expect(unmet(scenarioOf(second.report, 'worker-down').checks)).toEqual({});
  expect(controlArm(second)).toContain(`(recorded on ${again.report.startedAt.slice(0, 10)}`);
  expect(controlArm(second)).toContain(`in run ${path.basename(again.folder)})`);
  expect(second.code).toBe(0);
  const lines = (await readFile(path.join(second.folder, 'history.jsonl'), 'utf8')).trimEnd().split('\n');
  const ofControl = lines.map((line) => JSON.parse(line) as HistoryEvent).filter(({ arm }) => arm === 'control');
  expect(ofControl.map(({ type }) => type)).toEqual(['control.recalled']);
  const judged = await runDrillbook(['judge', second.folder, '--json'], { cwd: project.directory });
  expect(JSON.parse(judged.stdout)).toMatchObject({ verdict: 'pass' });

  const runbook = path.join(project.directory, 'runbook.md');
  const text = await readFile(runbook, 'utf8');
  await writeFile(runbook, text.replace(/^docker compose (up|start|restart)\b.*$/m, 'true'));
  const broken = await run();
  expect(unmet(scenarioOf(broken.report, 'worker-down').checks)).toHaveProperty('recovered');
  expect(broken.code).toBe(1);
});
