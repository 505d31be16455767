import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';

import { parseEvent } from '../history/parse-event.ts';
import { parseRunbook } from '../runbook/parse-runbook.ts';
import { loadProject } from '../scenario/load-project.ts';
import { bindForRun } from './run-verify.ts';

test('every scenario of this project binds to its runbook, and its plan survives being written and read', async () => {
  const project = await loadProject(path.resolve(import.meta.dirname, '../..'));
  const { config, directory, scenarios } = project;
  const runbook = await parseRunbook(await readFile(path.join(directory, config.runbook), 'utf8'), config.runbook, {
    labels: config.labels,
  });
  for (const scenario of scenarios) {
    const { plan } = bindForRun(scenario, { runbook, project, timeScale: config.timeScale, repeat: true });
    const event = JSON.parse(JSON.stringify({ seq: 0, t: 0, s: 0, type: 'scenario.planned', plan })) as unknown;
    expect(plan.unbound, scenario.id).toEqual([]);
    expect(parseEvent(JSON.stringify(event)), scenario.id).toEqual({ event });
  }
});
