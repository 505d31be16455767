import path from 'node:path';

import { exitCode, InputError } from '../kernel/errors.ts';
import { renderConsole } from '../report/render-console.ts';
import { renderTouches } from '../report/render-touches.ts';
import { renderJson } from '../report/render-json.ts';
import { loadProject } from '../scenario/load-project.ts';
import { readRunbook } from '../runbook/read-runbook.ts';
import { defineCommand } from './define-command.ts';
import { listScenarios } from './list-scenarios.ts';
import type { Flags } from './options.ts';
import { runHere } from './run-here.ts';
import { selectScenarios } from './select-scenarios.ts';
import { useColor } from './use-color.ts';

const verifyOptions = [
  'runbook',
  'only',
  'list',
  'printTouches',
  'json',
  'timeScale',
  'seed',
  'repeat',
  'reuseControls',
  'bullmq',
  'redis',
  'keep',
  'sandboxes',
] as const;

export const verify = defineCommand({
  name: 'verify',
  summary: "break the fleet as the runbook says it breaks, run the runbook's procedures, and judge",
  needsDocker: true,
  options: verifyOptions,
  run: verifyRunbook,
});

async function verifyRunbook(flags: Flags<(typeof verifyOptions)[number]>): Promise<void> {
  const directory = process.cwd();
  const project = await loadProject(directory);
  const runbook = await readRunbook(flags.runbook ?? path.resolve(directory, project.config.runbook), {
    labels: project.config.labels,
  });
  const scenarios = selectScenarios(project, flags.only);
  if (flags.keep && flags.sandboxes !== undefined && flags.sandboxes > 1) {
    throw new InputError('--keep leaves one sandbox up, and --sandboxes asks for several', {
      code: 'FLAGS_CONTRADICT',
      next: 'leave out one of the two',
    });
  }
  if (flags.list) {
    process.stdout.write(listScenarios(scenarios, runbook, project.config.labels, directory));
    return;
  }
  const { report, interrupted, kept, reportDir } = await runHere({
    directory,
    project,
    runbook,
    scenarios,
    flags,
    whole: flags.only === undefined,
  });
  process.stdout.write(
    flags.json ? renderJson(report) : renderConsole(report, { color: useColor(process.stdout), cwd: directory }),
  );
  if (flags.printTouches) process.stdout.write(renderTouches(report));
  process.stderr.write(`report: ${path.relative(directory, reportDir)}\n`);
  if (kept) process.stderr.write(`kept: ${kept.project}; "drillbook sandbox down ${kept.id}" removes it\n`);
  process.exitCode = interrupted ? exitCode.interrupted : report.exitCode;
}
