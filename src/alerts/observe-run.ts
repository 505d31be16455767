/**
 * What the recording of a run shows of its runbook's alert rules, for the check `alerts`.
 *
 *   rules and table, from the history ─► unreadable rules, disagreements
 *   series, from the metrics          ─► unknown metrics and labels, counters with a fixed threshold
 *   a few arms, through promtool      ─► false alarms, and faults for which a rule fired (watch-arms.ts)
 *
 * It takes seconds, also after a whole gate. What it leaves out is listed.
 */
import type { AlertRule, RunStarted } from '../history/events.ts';
import { InputError } from '../kernel/errors.ts';
import type { RunRecord } from '../record/run-record.ts';
import type { AlertFacts, NotJudged } from './alert-facts.ts';
import type { Finding } from './alerts-report.ts';
import { checkExprs } from './check-exprs.ts';
import { findCounter, findDisagreements, findUnknown, findUnreadable } from './find-flaws.ts';
import { readExports, type Exports } from './read-recording.ts';
import type { Promtool } from './run-promtool.ts';
import { watchArms, type Watched } from './watch-arms.ts';

export interface ObservedRun {
  readonly record: RunRecord;
  /** `metrics.jsonl` of the run. */
  readonly metricsFile: string;
  /** Undefined if there is none. */
  readonly promtool: Promtool | undefined;
}

/** @returns undefined if the history has no alert rules, because it is older or the runbook has none */
export async function observeRun({ record, metricsFile, promtool }: ObservedRun): Promise<AlertFacts | undefined> {
  const { run } = record;
  const alerts = run?.runbook.alerts;
  if (!run || !alerts || (alerts.rules.length === 0 && alerts.problems.length === 0)) return undefined;
  const flaws = [...alerts.problems, ...checkExprs([...alerts.rules, ...alerts.recordings])];
  const rules = alerts.rules.filter((rule) => checkExprs([rule]).length === 0);
  const table = findDisagreements(run.runbook.thresholds, rules);
  const exports = await exportsOf(record, metricsFile);
  const named = typeof exports === 'string' ? [] : findInExports(rules, exports, run);
  const watched =
    typeof exports === 'string' || !promtool
      ? unwatched(rules, typeof exports === 'string' ? exports : 'there is no promtool')
      : await watchArms({ record, run, metricsFile, promtool, rules, exports });
  const findings = [...findUnreadable(flaws), ...table, ...named, ...watched.findings];
  return {
    findings: findings.filter(({ severity }) => severity === 'fail'),
    rules: alerts.rules.map((rule) => ({
      name: rule.name,
      location: rule.location,
      firedIn: watched.firedIn.get(rule) ?? [],
    })),
    notJudged: [...table.flatMap(notCompared), ...watched.notJudged],
  };
}

/** @returns a clause instead if the recording does not show what the targets export */
async function exportsOf({ leftovers }: RunRecord, metricsFile: string): Promise<Exports | string> {
  // A target may not have been asked yet.
  if (leftovers === undefined) return 'the run did not reach its end';
  try {
    const exports = await readExports(metricsFile);
    const [silent] = exports.silent;
    if (silent !== undefined) return `the target ${silent} never answered`;
    return exports.series.length > 0 ? exports : 'no metrics were recorded';
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
}

function findInExports(rules: readonly AlertRule[], { series }: Exports, { runbook }: RunStarted): readonly Finding[] {
  return rules.flatMap((rule) => [
    ...findUnknown(rule, series, runbook.alerts?.recordings),
    ...[findCounter(rule, series)].flatMap((finding) => finding ?? []),
  ]);
}

function notCompared({ id, message, locations: [location] }: Finding): readonly NotJudged[] {
  return id === 'not-compared' && location ? [{ message, location }] : [];
}

function unwatched(rules: readonly AlertRule[], reason: string): Watched {
  const notJudged = rules.map(({ name, location }) => ({ message: `${name} was not evaluated: ${reason}`, location }));
  return { findings: [], notJudged, firedIn: new Map() };
}
