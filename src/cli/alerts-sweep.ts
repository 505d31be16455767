import { thresholdOf } from '../alerts/apply-setting.ts';
import { inspectExpr } from '../alerts/inspect-expr.ts';
import { recordingProblem } from '../alerts/reads-recording.ts';
import { faultsOf } from '../alerts/judge-alerts.ts';
import type { RecordedArm } from '../alerts/alerts-input.ts';
import { sweepRule } from '../alerts/sweep.ts';
import { InputError } from '../kernel/errors.ts';
import { exitCodeOf } from '../kernel/verdict.ts';
import { renderSweep } from '../report/render-sweep.ts';
import type { AlertRule, RecordingRule } from '../runbook/runbook.ts';
import { defineCommand } from './define-command.ts';
import type { Flags } from './options.ts';
import {
  chooseRules,
  expectationsOf,
  findPromtool,
  loadAlertsProject,
  loadRuns,
  requireRuns,
} from './recorded-alerts.ts';
import { useColor } from './use-color.ts';

const sweepOptions = [
  'runs',
  'rule',
  'threshold',
  'for',
  'steps',
  'keepOut',
  'runbook',
  'rules',
  'seed',
  'json',
] as const;

export const alertsSweep = defineCommand({
  name: 'alerts sweep',
  summary: 'try other thresholds and durations of an alert rule on recorded runs',
  needsDocker: false,
  options: sweepOptions,
  exits: {
    passed: 'a setting catches every fault that the rule can catch, without a false alarm',
    failed: 'every setting misses a fault or raises a false alarm',
    inconclusive: 'the recordings cannot show it, or there is no promtool',
  },
  details: 'Every third fault is kept out of the choice, which is then tried on it. --seed draws others.',
  run: sweep,
});

async function sweep(flags: Flags<(typeof sweepOptions)[number]>): Promise<void> {
  const directories = requireRuns(flags.runs);
  const loaded = await loadAlertsProject(flags.runbook);
  const { rules, recordings } = await chooseRules(flags.rules, loaded);
  const rule = chooseRule(rules, flags.rule);
  refuseRecordings(rule, recordings);
  thresholdOf(rule);
  const promtool = await findPromtool(loaded.directory);
  if (!promtool) return;
  const arms = await loadRuns(directories, loaded);
  refuseUnknownFaults(flags.keepOut ?? [], arms);
  const { evaluationInterval: evaluationMs, scrapeInterval: scrapeMs } = loaded.project.config.metrics;
  const { threshold, for: wait, steps, keepOut, seed } = flags;
  const expectations = expectationsOf(loaded.project);
  const source = { promtool, arms, evaluationMs, scrapeMs, expectations };
  const report = await sweepRule({ ...source, rule, threshold, wait, steps, keepOut, seed });
  process.stdout.write(
    flags.json
      ? `${JSON.stringify(report, undefined, 2)}\n`
      : renderSweep(report, { color: useColor(process.stdout), cwd: loaded.directory }),
  );
  process.exitCode = exitCodeOf(report.verdict);
}

/** The rule of this name, or the only one that can be swept. */
function chooseRule(rules: readonly AlertRule[], name: string | undefined): AlertRule {
  const named = name === undefined ? rules : rules.filter((rule) => rule.name === name);
  const swept = named.length > 1 ? named.filter(({ expr }) => inspectExpr(expr).comparison !== undefined) : named;
  const [rule, ...more] = swept.length > 0 ? swept : named;
  if (rule && more.length === 0) return rule;
  const what =
    name === undefined
      ? 'it is not said which rule to sweep'
      : `there ${rule ? 'are several rules' : 'is no rule'} ${name}`;
  throw new InputError(what, {
    code: 'SWEEP_RULE',
    next: `name one of ${[...new Set(rules.map((one) => one.name))].join(', ')} with --rule`,
    ...(rule ? { location: rule.location } : {}),
  });
}

function refuseRecordings({ expr, fields, location }: AlertRule, recordings: readonly RecordingRule[]): void {
  const problem = recordingProblem(expr, recordings);
  if (problem === undefined) return;
  throw new InputError(`the rule cannot be swept: ${problem}`, {
    code: 'SWEEP_RULE',
    next: 'put the expression of the recording rule in its place',
    location: fields['expr'] ?? location,
  });
}

function refuseUnknownFaults(keepOut: readonly string[], arms: readonly RecordedArm[]): void {
  const faults = faultsOf(arms);
  const unknown = keepOut.find((scenario) => !faults.includes(scenario));
  if (unknown === undefined) return;
  throw new InputError(`the runs recorded no fault ${unknown}`, {
    code: 'SCENARIO_UNKNOWN',
    next: `keep out some of ${faults.join(', ')}`,
  });
}
