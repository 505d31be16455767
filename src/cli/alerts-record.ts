import path from 'node:path';

import { exitCode, InputError } from '../kernel/errors.ts';
import { readRunbook } from '../runbook/read-runbook.ts';
import { parseScenario } from '../scenario/define-scenario.ts';
import { loadProject, type Project } from '../scenario/load-project.ts';
import type { LoadedScenario } from '../scenario/load-scenarios.ts';
import { dayIntensity } from '../workload/day-profile.ts';
import { defineCommand } from './define-command.ts';
import type { Flags } from './options.ts';
import { runHere } from './run-here.ts';

const recordOptions = ['healthy', 'runbook', 'timeScale', 'seed'] as const;

export const alertsRecord = defineCommand({
  name: 'alerts record',
  summary: 'record the metrics of a healthy fleet, under the load of a whole day squeezed into the given time',
  needsDocker: true,
  options: recordOptions,
  exits: { passed: 'the recording is whole', inconclusive: 'the fleet did not reach a steady state' },
  details: '"drillbook alerts test --runs <run>" then says whether a rule would have fired.',
  run: recordHealthy,
});

async function recordHealthy(flags: Flags<(typeof recordOptions)[number]>): Promise<void> {
  const directory = process.cwd();
  const healthyMs = flags.healthy;
  if (healthyMs === undefined)
    throw new InputError('it is not said what to record', {
      code: 'ALERTS_NOTHING_TO_RECORD',
      next: 'say how long, in sandbox time: --healthy 6h. "drillbook alerts test --hold" records faults',
    });
  const project = await loadProject(directory);
  const runbook = await readRunbook(flags.runbook ?? path.resolve(directory, project.config.runbook), {
    labels: project.config.labels,
  });
  const { report, interrupted, reportDir } = await runHere({
    directory,
    project,
    runbook,
    scenarios: [healthyScenario(project)],
    flags,
    hold: { brokenMs: healthyMs, clearMs: 0 },
    intensityAt: (ms) => dayIntensity(ms / healthyMs),
  });
  const steady = report.scenarios.every(({ checks }) =>
    checks.every(({ id, verdict }) => id !== 'steady-state' || verdict === 'pass'),
  );
  process.stdout.write(`recorded in ${path.relative(directory, reportDir)}\n`);
  process.exitCode = interrupted ? exitCode.interrupted : steady ? exitCode.passed : exitCode.inconclusive;
}

/** Breaks nothing and runs nothing. */
function healthyScenario({ configFile }: Project): LoadedScenario {
  const spec = parseScenario({ id: 'healthy', title: 'a healthy fleet through a day', selfHealing: true });
  if (!spec.success) throw new Error('the scenario of a healthy fleet is not one', { cause: spec.error });
  return { ...spec.data, file: configFile, locate: () => ({ file: configFile, line: 1 }) };
}
