/** What the commands that judge alert rules share: project, rules, promtool, expectations and recorded runs. */
import path from 'node:path';

import { unknownAlert, type AlertExpectation } from '../alerts/judge-expectations.ts';
import type { RecordedArm } from '../alerts/alerts-input.ts';
import { loadRun } from '../alerts/load-arms.ts';
import { readRuleFile } from '../alerts/read-rule-file.ts';
import type { Promtool } from '../alerts/run-promtool.ts';
import { exitCode, InputError } from '../kernel/errors.ts';
import { readRunbook } from '../runbook/read-runbook.ts';
import type { AlertRule, RecordingRule, Runbook } from '../runbook/runbook.ts';
import { readPromtool } from '../sandbox/setup-manifest.ts';
import { loadProject, type Project } from '../scenario/load-project.ts';

export interface AlertsProject {
  readonly directory: string;
  readonly project: Project;
  readonly runbook: Runbook;
}

/** @param runbook as `--runbook` names it; by default that of the configuration */
export async function loadAlertsProject(runbook: string | undefined): Promise<AlertsProject> {
  const directory = process.cwd();
  const project = await loadProject(directory);
  const { config } = project;
  const file = runbook ?? path.resolve(directory, config.runbook);
  return { directory, project, runbook: await readRunbook(file, { labels: config.labels }) };
}

/** Alerting rules, and the recording rules beside them. */
export interface ChosenRules {
  readonly rules: readonly AlertRule[];
  readonly recordings: readonly RecordingRule[];
}

/** The rules of a rule file, or those of the runbook. */
export async function chooseRules(
  file: string | undefined,
  { runbook, directory }: AlertsProject,
): Promise<ChosenRules> {
  if (file === undefined) return rulesOf(runbook, 'name a rule file with --rules');
  const { alerts, recordings } = await readRuleFile(path.resolve(directory, file));
  return { rules: alerts, recordings };
}

/** @throws InputError if there is none */
export function rulesOf(runbook: Runbook, next: string): ChosenRules {
  const { alertRules: rules, recordingRules: recordings } = runbook;
  if (rules.length > 0) return { rules, recordings };
  throw new InputError('the runbook has no alert rules', {
    code: 'ALERTS_NO_RULES',
    location: { file: runbook.file, line: 1 },
    next,
  });
}

/** What the scenarios say about alerts. */
export function expectationsOf({ scenarios }: Project): readonly AlertExpectation[] {
  return scenarios.map(({ id, alerts: { fire, quiet, clear }, locate }) => ({
    scenario: id,
    fire,
    quiet,
    clearMs: clear,
    location: locate(['alerts']),
  }));
}

/** @throws InputError if a scenario names an alert that no rule has */
export function refuseUnknownAlerts(expectations: readonly AlertExpectation[], rules: readonly AlertRule[]): void {
  const names = rules.map(({ name }) => name);
  const unknown = unknownAlert(expectations, names);
  if (!unknown) return;
  throw new InputError(`there is no alert ${unknown.name}`, {
    code: 'ALERTS_UNKNOWN',
    location: unknown.location,
    next: `name some of ${names.join(', ')}`,
  });
}

/** @returns undefined, after one line and the exit code, if there is none */
export async function findPromtool(directory: string): Promise<Promtool | undefined> {
  const promtool = await readPromtool(directory);
  if (promtool) return promtool;
  process.stderr.write('inconclusive: there is no promtool, and only Prometheus itself can judge rules; install it\n');
  process.exitCode = exitCode.inconclusive;
  return undefined;
}

/**
 * The arms of recorded runs. Writes a note for each run of another runbook than this one.
 * @throws InputError if a run cannot be read
 */
export async function loadRuns(
  directories: readonly string[],
  { directory, runbook }: Pick<AlertsProject, 'directory' | 'runbook'>,
): Promise<readonly RecordedArm[]> {
  const runs = await Promise.all(directories.map((run) => loadRun(path.resolve(directory, run))));
  for (const { run } of runs.map(({ record }) => record))
    if (run && run.runbook.sha256 !== runbook.sha256)
      process.stderr.write(`note: the runbook has changed since the run ${run.run} was recorded\n`);
  return runs.flatMap(({ arms }) => arms);
}

/** @throws InputError if no run is named */
export function requireRuns(runs: readonly string[] | undefined): readonly string[] {
  if (runs) return runs;
  throw new InputError('no recorded run is named', {
    code: 'ALERTS_NO_RUNS',
    next: 'name some with --runs; "drillbook alerts test --hold" and "drillbook alerts record" make them',
  });
}
