/**
 * Judges a recorded run.
 *
 * 1. The events are read into a `RunRecord`, by scenario and arm.
 * 2. Each scenario is judged by the checks of the table (`judge-scenario.ts`).
 * 3. Checks of the run as a whole ask whether it reached its end, whether its thresholds are the agreed ones, and
 *    whether anything was left behind.
 * 4. The worst verdict is the run's.
 *
 * Everything in the report except `generatedAt` follows from the history, so judging twice gives the same report.
 */
import { claimProblem } from '../claims/claims.ts';
import type { EnvironmentSeen, HistoryEvent, RunStarted, ScenarioPlanned, Stamp } from '../history/events.ts';
import { exitCode, InputError } from '../kernel/errors.ts';
import { attempt } from './checks/check.ts';
import { checkOracle } from './checks/oracle.ts';
import { checkTeardown, checkWholeRun } from './checks/whole-run.ts';
import { coverageOf } from './coverage.ts';
import { judgeScenario } from './judge-scenario.ts';
import { between } from './recovery.ts';
import { RunRecord, type ScenarioRecord } from '../record/run-record.ts';
import type { RunReport } from './run-report.ts';
import { combine, exitCodeOf } from '../kernel/verdict.ts';

/** A recorded run. After it was read, `truncated` is set if its last line was cut off. */
export interface History extends AsyncIterable<HistoryEvent> {
  /** The file that it is read from, if there is one. */
  readonly file?: string;
  readonly truncated?: { readonly file: string; readonly line: number } | undefined;
}

/** @throws InputError if the history does not begin with `run.started`, or if a claim in it is damaged */
export async function judge(history: History): Promise<RunReport> {
  const record = new RunRecord();
  for await (const event of history) {
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
  const checks = [
    ...attempt('whole-run', () => checkWholeRun(record, history.truncated !== undefined)),
    ...attempt('oracle', () => checkOracle(run)),
    ...attempt('teardown', () => checkTeardown(record)),
  ];
  const verdict = combine([...judged, ...checks].map(({ verdict: one }) => one));
  return {
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
    duration: record.first && record.last ? between(record.first, record.last) : { realMs: 0, sandboxMs: 0 },
    runbook: runbookOf(run),
    environment: record.environment ? environmentOf(run, record.environment) : null,
    checks,
    scenarios: judged,
    coverage: [...coverageOf(run.runbook, scenarios)],
    notes: [...record.notes],
    leftovers: [...(record.leftovers ?? [])],
  };
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
  const { file, sha256, title, version, repairs } = runbook;
  return { file, sha256, title, version: version ?? null, repairs: [...repairs] };
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
