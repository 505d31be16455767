import path from 'node:path';

import { compareRules } from '../alerts/compare-rules.ts';
import { InputError } from '../kernel/errors.ts';
import { exitCodeOf } from '../kernel/verdict.ts';
import { renderCompare } from '../report/render-compare.ts';
import { readRunbook } from '../runbook/read-runbook.ts';
import { defineCommand } from './define-command.ts';
import type { Flags } from './options.ts';
import {
  chooseRules,
  findPromtool,
  loadAlertsProject,
  loadRuns,
  requireRuns,
  rulesOf,
  type AlertsProject,
  type ChosenRules,
} from './recorded-alerts.ts';
import { useColor } from './use-color.ts';

const compareOptions = ['runs', 'base', 'new', 'json'] as const;

export const alertsCompare = defineCommand({
  name: 'alerts compare',
  summary: 'compare two sets of alert rules by what they do in recorded runs',
  needsDocker: false,
  options: compareOptions,
  exits: {
    passed: 'no fault is lost or caught later, and no rule is noisier',
    failed: 'a fault is no longer caught or caught later, or a rule is noisier',
    inconclusive: 'the recordings cannot show it, or there is no promtool',
  },
  details: '--base and --new are rule files or runbooks (.md). A renamed rule is found by its expression.',
  run: compare,
});

async function compare(flags: Flags<(typeof compareOptions)[number]>): Promise<void> {
  const directories = requireRuns(flags.runs);
  const loaded = await loadAlertsProject(undefined);
  const base = await readRules(flags.base, '--base', loaded);
  const next = await readRules(flags.new, '--new', loaded);
  const promtool = await findPromtool(loaded.directory);
  if (!promtool) return;
  const arms = await loadRuns(directories, loaded);
  const { evaluationInterval: evaluationMs, scrapeInterval: scrapeMs } = loaded.project.config.metrics;
  const recordings = [...base.recordings, ...next.recordings];
  const shared = { promtool, recordings, arms, evaluationMs, scrapeMs };
  const report = await compareRules({ ...shared, base: base.rules, next: next.rules });
  process.stdout.write(
    flags.json
      ? `${JSON.stringify(report, undefined, 2)}\n`
      : renderCompare(report, { color: useColor(process.stdout), cwd: loaded.directory }),
  );
  process.exitCode = exitCodeOf(report.verdict);
}

async function readRules(file: string | undefined, flag: string, loaded: AlertsProject): Promise<ChosenRules> {
  if (file === undefined)
    throw new InputError('it is not said what to compare', {
      code: 'ALERTS_NOTHING_TO_COMPARE',
      next: `name a rule file or a runbook with ${flag}`,
    });
  if (!/\.(md|markdown)$/i.test(file)) return chooseRules(file, loaded);
  const whole = path.resolve(loaded.directory, file);
  const runbook = await readRunbook(whole, { labels: loaded.project.config.labels });
  const [problem] = runbook.alertProblems;
  // A rule that cannot be read would look like a removed one.
  if (problem)
    throw new InputError(problem.message, { code: 'RULES_INVALID', next: problem.next, location: problem.location });
  return rulesOf(runbook, `name another file with ${flag}`);
}
