import { writeFile } from 'node:fs/promises';
import path from 'node:path';

import { judgeAlerts } from '../alerts/judge-alerts.ts';
import { neededMs } from '../alerts/judge-cell.ts';
import { completeReport } from '../alerts/complete-report.ts';
import { pictureRules } from '../alerts/picture-rules.ts';
import { timesOf } from '../alerts/rule-times.ts';
import { exitCode } from '../kernel/errors.ts';
import { exitCodeOf } from '../kernel/verdict.ts';
import { renderAlertsPage } from '../report/render-alerts-page.ts';
import { renderAlerts } from '../report/render-alerts.ts';
import type { AlertRule } from '../runbook/runbook.ts';
import { defineCommand } from './define-command.ts';
import type { Flags } from './options.ts';
import {
  chooseRules,
  expectationsOf,
  findPromtool,
  loadAlertsProject,
  loadRuns,
  refuseUnknownAlerts,
} from './recorded-alerts.ts';
import { runHere, type RunHere } from './run-here.ts';
import { selectScenarios } from './select-scenarios.ts';
import { useColor } from './use-color.ts';

const testOptions = ['runbook', 'rules', 'runs', 'hold', 'only', 'timeScale', 'seed', 'json'] as const;
type TestFlags = Flags<(typeof testOptions)[number]>;

export const alertsTest = defineCommand({
  name: 'alerts test',
  summary: 'judge alert rules: do they fire for the faults, clear afterwards, and stay quiet otherwise?',
  needsDocker: true,
  options: testOptions,
  exits: {
    passed: 'each rule fires for a fault, and none when the fleet is healthy',
    failed: 'a rule is dead, noisy, late, cannot clear or contradicts the thresholds table',
    inconclusive: 'the recordings cannot show it, or there is no promtool',
  },
  details:
    'With --runs it judges recorded runs, which takes seconds and needs no Docker. Without, it runs the scenarios.',
  run: testAlerts,
});

async function testAlerts(flags: TestFlags): Promise<void> {
  const loaded = await loadAlertsProject(flags.runbook);
  const { directory, project, runbook } = loaded;
  const { rules, recordings } = await chooseRules(flags.rules, loaded);
  const expectations = expectationsOf(project);
  refuseUnknownAlerts(expectations, rules);
  const promtool = await findPromtool(directory);
  if (!promtool) return;
  const directories = flags.runs ?? (await record(flags, { directory, project, runbook, rules }));
  if (!directories) return;
  const arms = await loadRuns(directories, loaded);
  const { evaluationInterval: evaluationMs, scrapeInterval: scrapeMs } = project.config.metrics;
  const input = { promtool, rules, recordings, arms, evaluationMs, scrapeMs, expectations };
  const report = completeReport(await judgeAlerts(input), input, runbook);
  const pictures = await pictureRules(input, report);
  const page = path.resolve(directory, directories.at(-1) ?? '.', 'alerts.html');
  await writeFile(page, renderAlertsPage(report, pictures, { cwd: directory }));
  process.stdout.write(
    flags.json
      ? `${JSON.stringify(report, undefined, 2)}\n`
      : renderAlerts(report, pictures, { color: useColor(process.stdout), cwd: directory }),
  );
  process.stderr.write(`pictures: ${path.relative(directory, page)}\n`);
  process.exitCode = exitCodeOf(report.verdict);
}

/** The time that a metric may need to cross its threshold after the fault, sandbox ms. */
const metricMs = 60_000;

/** Runs the scenarios. @returns the folder of the run, or undefined if it was interrupted */
async function record(
  flags: TestFlags,
  run: Omit<RunHere, 'flags' | 'scenarios' | 'hold'> & { readonly rules: readonly AlertRule[] },
): Promise<readonly string[] | undefined> {
  const { evaluationInterval, scrapeInterval } = run.project.config.metrics;
  const needed = run.rules.map((rule) => neededMs(timesOf(rule, evaluationInterval), scrapeInterval));
  // Long enough for the slowest rule to fire, and then for an alert to be seen clear.
  const hold = { brokenMs: metricMs + Math.max(...needed), clearMs: 2 * (evaluationInterval + scrapeInterval) };
  const scenarios = selectScenarios(run.project, flags.only);
  const { reportDir, interrupted } = await runHere({ ...run, scenarios, flags, ...(flags.hold ? { hold } : {}) });
  const folder = path.relative(run.directory, reportDir);
  process.stderr.write(`recorded: ${folder}\n`);
  if (!interrupted) return [folder];
  process.exitCode = exitCode.interrupted;
  return undefined;
}
