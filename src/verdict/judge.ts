/**
 * Judges a recorded run.
 *
 * 1. The events are read into a `RunRecord`, by scenario and arm.
 * 2. Each scenario is judged by the checks of the table (`judge-scenario.ts`).
 * 3. Checks of the run as a whole ask whether it reached its end, whether its thresholds are the agreed ones, and
 *    whether anything was left behind. If the caller looked at the metrics beside the history, the alert rules are
 *    judged too.
 * 4. The worst verdict is the run's.
 *
 * Everything in the report except `generatedAt` follows from the history and the metrics, so judging twice gives the
 * same report.
 */
import type { AlertFacts } from '../alerts/alert-facts.ts';
import { claimProblem } from '../claims/claims.ts';
import type { EnvironmentSeen, HistoryEvent, RunStarted, ScenarioPlanned, Stamp } from '../history/events.ts';
import { defined } from '../kernel/defined.ts';
import { exitCode, InputError } from '../kernel/errors.ts';
import { checkCoverage } from './checks/coverage.ts';
import { checkAlerts } from './checks/alerts.ts';
import { attempt } from './checks/check.ts';
import { checkOracle } from './checks/oracle.ts';
import { checkTeardown, checkWholeRun } from './checks/whole-run.ts';
import { alertsCoverageOf, coverageOf } from './coverage.ts';
import { judgeScenario } from './judge-scenario.ts';
import { between } from './recovery.ts';
import { RunRecord, type ScenarioRecord } from '../record/run-record.ts';
import { instantOf } from './report-parts.ts';
import type { RunReport } from './run-report.ts';
import { combine, exitCodeOf } from '../kernel/verdict.ts';

/** A recorded run. After it was read, `truncated` is set if its last line was cut off. */
export interface History extends AsyncIterable<HistoryEvent> {
  /** The file that it is read from, if there is one. */
  readonly file?: string;
  readonly truncated?: { readonly file: string; readonly line: number } | undefined;
}

/** A report, and the record that it was computed from. */
export interface JudgedRun {
  readonly report: RunReport;
  readonly record: RunRecord;
}

type ObserveAlerts = (record: RunRecord) => Promise<AlertFacts | undefined>;

/** The report alone: see `judgeWithRecord`. */
export async function judge(history: History, observeAlerts?: ObserveAlerts): Promise<RunReport> {
  return (await judgeWithRecord(history, observeAlerts)).report;
}

/**
 * @param observeAlerts looks at the metrics of the recorded run; without it nothing is said about alert rules
 * @throws InputError if the history does not begin with `run.started`, or if a claim in it is damaged
 *   `DRILL_RECORD` if it is that of a drill, in which a person did the recovery
 * @throws what `observeAlerts` throws
 */
export async function judgeWithRecord(history: History, observeAlerts?: ObserveAlerts): Promise<JudgedRun> {
  const record = new RunRecord();
  for await (const event of history) {
    if (event.type === 'drill.started') throw refuseDrill(history.file);
    if (event.type === 'scenario.planned') refuseDamagedClaims(event, history.file);
    record.push(event);
  }
  const { run } = record;
  if (!run)
    throw new InputError('the history does not begin with `run.started`', {
      code: 'HISTORY_EMPTY',
      ...(history.file === undefined ? {} : { location: { file: history.file, line: 1 } }),
      next: 'the run died before it began; run it again',
    });
  // In the order of their files, because scenarios may have run at the same time.
  const scenarios = [...record.scenarios.values()].toSorted(byFile);
  const judged = scenarios.map((scenario) => judgeScenario(run, scenario));
  const alerts = await observeAlerts?.(record);
  const checks = [
    ...attempt('whole-run', () => checkWholeRun(record, history.truncated !== undefined)),
    ...attempt('oracle', () => checkOracle(run)),
    ...attempt('coverage', () => (run.coverage ? checkCoverage(run.coverage, run.runbook, scenarios) : [])),
    ...attempt('teardown', () => checkTeardown(record)),
    ...(alerts ? attempt('alerts', () => checkAlerts(alerts)) : []),
  ];
  const verdict = combine([...judged, ...checks].map(({ verdict: one }) => one));
  const report: RunReport = {
    schemaVersion: 1,
    generatedAt: new Date().toISOString(),
    run: run.run,
    drillbook: run.drillbook,
    startedAt: run.startedAt,
    verdict,
    exitCode: record.interrupted === undefined ? exitCodeOf(verdict) : exitCode.interrupted,
    interrupted: record.interrupted ?? null,
    seed: run.seed,
    timeScale: run.timeScale,
    ...(record.clockChanges.length > 0 ? { clockChanges: record.clockChanges.map(clockChangeOf) } : {}),
    duration: record.first && record.last ? between(record.first, record.last) : { realMs: 0, sandboxMs: 0 },
    runbook: runbookOf(run),
    environment: record.environment ? environmentOf(run, record.environment) : null,
    checks,
    scenarios: judged,
    coverage: [...coverageOf(run.runbook, scenarios)],
    ...(alerts ? { alerts: alertsCoverageOf(run.runbook, scenarios, alerts) } : {}),
    notes: [...record.notes],
    leftovers: [...(record.leftovers ?? [])],
  };
  return { report, record };
}

function refuseDrill(file: string | undefined): InputError {
  return new InputError('the history is that of a drill: a person did the recovery, and not the runbook', {
    code: 'DRILL_RECORD',
    ...(file === undefined ? {} : { location: { file, line: 1 } }),
    next: 'judge it with "drillbook drill judge"',
  });
}

/** The event stands a moment before the change that it is about. */
function clockChangeOf(change: RunRecord['clockChanges'][number]): NonNullable<RunReport['clockChanges']>[number] {
  const { t, s, inMs, rate, scenario, arm } = change;
  return { at: instantOf({ t: t + inMs, s }), rate, ...defined({ scenario, arm }) };
}

/** @throws InputError for a claim that no kind can evaluate */
function refuseDamagedClaims({ plan, seq }: ScenarioPlanned & Stamp, file: string | undefined): void {
  const steps = [...plan.diagnosis, ...plan.recovery, ...(plan.maintenance ?? []), ...plan.control.instead];
  const claims = [
    ...plan.symptoms,
    ...steps.flatMap(({ achieves = [], throughout = [] }) => [...achieves, ...throughout]),
  ];
  const problem = claims.map(claimProblem).find((found) => found !== undefined);
  if (problem === undefined) return;
  throw new InputError(`not a history event: ${problem}`, {
    code: 'HISTORY_LINE',
    // The reader refuses gaps in the sequence, so the event's number gives its line.
    ...(file === undefined ? {} : { location: { file, line: seq + 1 } }),
  });
}

function byFile({ plan: a }: ScenarioRecord, { plan: b }: ScenarioRecord): number {
  return Number(a.file > b.file) - Number(a.file < b.file);
}

function runbookOf({ runbook }: RunStarted): RunReport['runbook'] {
  const { file, sha256, title, version, repairs, notUnderstood } = runbook;
  const notes = notUnderstood?.map(({ message, location }) => ({ message, location }));
  return {
    file,
    sha256,
    title,
    version: version ?? null,
    repairs: [...repairs],
    ...defined({ notUnderstood: notes }),
  };
}

function environmentOf(
  { runbook }: RunStarted,
  { engine, compose, node, versions, images, realTimeServices }: EnvironmentSeen,
): RunReport['environment'] {
  const declared = runbook.declaredVersions;
  const [stated, seen] = [new Map(Object.entries(declared)), new Map(Object.entries(versions))];
  const names = [...new Set([...stated.keys(), ...seen.keys()])].toSorted();
  return {
    engine,
    compose,
    node,
    versions: names.map((name) => {
      const [says, ran] = [stated.get(name) ?? null, seen.get(name) ?? null];
      return { name, declared: says, real: ran, agrees: says === null || ran === null ? null : isVersion(ran, says) };
    }),
    images: images.map(({ service, image, source }) => ({ service, image, source })),
    realTimeServices: [...realTimeServices],
  };
}

/** `5.81.5` is a 5, and a 5.81. */
function isVersion(real: string, declared: string): boolean {
  const plain = real.replace(/^v/, '');
  return plain === declared || plain.startsWith(`${declared}.`);
}
