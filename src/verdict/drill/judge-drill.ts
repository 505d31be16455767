/**
 * Judges a recorded drill.
 *
 * 1. The events are read into a `RunRecord` and a `DrillRecord`.
 * 2. The seal must fit the plan that was revealed.
 * 3. The player's session takes the place of the procedures, and the checks that watch procedures watch it.
 * 4. The judge finds the milestones, the outcome, what went wrong, and what the runbook should change.
 *
 * All of the debrief follows from the history, so that judging twice gives the same bytes.
 */
import type { PlayerCommand, RunStarted, ScenarioPlan } from '../../history/events.ts';
import { readsOnly } from '../../history/reads-only.ts';
import { defined } from '../../kernel/defined.ts';
import { InputError } from '../../kernel/errors.ts';
import { ArmRecord, type Instant } from '../../record/arm-record.ts';
import { busyMachine } from '../../record/cpu-pressure.ts';
import { DrillRecord } from '../../record/drill-record.ts';
import { RunRecord } from '../../record/run-record.ts';
import { attempt, inconclusive, type ScenarioContext } from '../checks/check.ts';
import { faultTookEffect } from '../checks/fault-took-effect.ts';
import { ledger } from '../checks/ledger.ts';
import { checkOracle } from '../checks/oracle.ts';
import { steadyState } from '../checks/steady-state.ts';
import { checkTeardown, checkWholeRun } from '../checks/whole-run.ts';
import { healthRules } from '../health.ts';
import type { History } from '../judge.ts';
import { between } from '../recovery.ts';
import type { Check } from '../run-report.ts';
import { instantOf } from '../report-parts.ts';
import { affectedParts, curingSections, foundAt, judgeAnswer } from './answers.ts';
import type { Debrief } from './debrief.ts';
import { describeCommands, isAboutDrill } from './describe-commands.ts';
import { breakDown } from './break-down.ts';
import { findPar, parId } from './find-par.ts';
import { exitCodeOfDrill, findOutcome } from './find-outcome.ts';
import { findActions } from './find-actions.ts';
import { findItems } from './find-items.ts';
import { detectedBy, findMilestones, milestonesOf, pairsOf, type Milestones } from './milestones.ts';
import { findMitigation, type Mitigation } from './mitigation.ts';
import { sessionOf } from './player-session.ts';
import { openSeal } from './seal.ts';
import { timelineOf } from './timeline-of.ts';

/** A debrief, and the records that it was computed from. */
export interface JudgedDrill {
  readonly debrief: Debrief;
  readonly record: RunRecord;
  readonly drill: DrillRecord;
}

/** The debrief alone: see `judgeDrillWithRecord`. */
export async function judgeDrill(history: History): Promise<Debrief> {
  return (await judgeDrillWithRecord(history)).debrief;
}

/**
 * @throws InputError `DRILL_NONE` if the history is not that of a drill, and `DRILL_SEAL` if the seal does not fit the
 *   revealed plan: then the record was changed
 */
export async function judgeDrillWithRecord(history: History): Promise<JudgedDrill> {
  const [record, drill, quiet] = [new RunRecord(), new DrillRecord(), new ArmRecord()];
  for await (const event of history) {
    record.push(event);
    drill.push(event);
    if (event.arm === 'treatment' && !quiet.injecting) quiet.push(event);
  }
  const { run } = record;
  if (!run || !drill.started)
    throw new InputError('the history is not that of a drill', {
      code: 'DRILL_NONE',
      ...(history.file === undefined ? {} : { location: { file: history.file, line: 1 } }),
      next: 'judge the run of a gate with "drillbook judge"',
    });
  const [scenario, ...others] = [...record.scenarios.values()];
  const par = others.find(({ plan }) => plan.id === parId(scenario?.plan.id ?? ''));
  const opened = openSeal(drill, scenario?.plan, history.file);
  const played = scenario && judgePlayed(run, scenario.plan, { arm: scenario.arms.treatment, quiet }, drill);
  const whole = [
    ...attempt('whole-run', () => checkWholeRun(record, history.truncated !== undefined)),
    ...attempt('oracle', () => checkOracle(run)),
    ...attempt('teardown', () => checkTeardown(record)),
    ...attempt('player-report', () => checkReport(drill)),
  ];
  const { outcome, reasons } = findOutcome({
    interrupted: record.interrupted,
    premises: [...whole, ...(played?.premises ?? [])],
    ledger: played?.ledger,
    mitigation: played?.mitigation,
    hasFault: scenario?.plan.fault !== undefined,
    selfHealed: played?.selfHealed ?? false,
    busy: busyMachine(scenario?.arms.treatment),
  });
  const checks = [...whole, ...(played?.premises ?? []), ...(played?.ledger ? [played.ledger] : [])];
  const { started } = drill;
  const debrief: Debrief = {
    schemaVersion: 1,
    run: run.run,
    drillbook: run.drillbook,
    startedAt: run.startedAt,
    outcome,
    reasons: [...reasons],
    exitCode: exitCodeOfDrill(outcome),
    duration: record.first && record.last ? between(record.first, record.last) : { realMs: 0, sandboxMs: 0 },
    timeScale: run.timeScale,
    player: started.player,
    robot: started.bot ?? null,
    level: started.level,
    seal: { digest: started.seal, opened },
    scenario: scenario ? describeScenario(run, scenario.plan) : null,
    runbook: {
      file: run.runbook.file,
      sha256: run.runbook.sha256,
      title: run.runbook.title,
      version: run.runbook.version ?? null,
    },
    endedBy: drill.over?.why ?? null,
    ...directed(drill),
    detectedBy: played ? detectedBy(drill, played.stones) : null,
    milestones: played ? milestonesOf(played.stones) : [],
    pairs: played ? pairsOf(drill, played.stones) : [],
    breakdown: played ? breakDown(drill, played.stones) : null,
    par: findPar(run, par),
    selfHealed: played?.selfHealed ?? false,
    pages: pagesOf(drill),
    answers: scenario ? drill.found.map((answer) => judgeAnswer(answer, run, scenario.plan)) : [],
    commands: describeCommands(drill),
    actions: [...(played?.actions ?? [])],
    hints: hintsOf(drill, outcome === 'recovered'),
    notes: drill.noted.map((note) => ({ at: instantOf(note), text: note.text })),
    reads: drill.read.map((one) => ({ at: instantOf(one), section: one.section, line: one.line ?? null })),
    items: played ? findItems(run, scenario.plan, drill, played.stones) : [],
    ledger: scenario?.arms.treatment?.ledger.balance() ?? null,
    checks: checks.map(({ id, verdict, message }) => ({ id, verdict, message })),
    timeline: timelineOf({ drill, arm: scenario?.arms.treatment, mitigated: played?.stones.mitigated }),
    transcripts: drill.shells
      .filter(({ state }) => state === 'opened')
      .map((shell) => ({ file: shell.cast, startedAt: instantOf(shell) })),
  };
  return { debrief, record, drill };
}

/** Without a part of the player's lines nothing says what the player did. */
function checkReport({ lostBytes }: DrillRecord): Check | readonly Check[] {
  if (lostBytes === 0) return [];
  return inconclusive(
    'player-report',
    `${lostBytes} bytes in the report of the player's shell are no line, so lines of the player may be missing`,
  );
}

interface Played {
  readonly premises: readonly Check[];
  readonly ledger: Check | undefined;
  readonly mitigation: Mitigation | undefined;
  readonly stones: Milestones;
  readonly selfHealed: boolean;
  readonly actions: Debrief['actions'];
}

function judgePlayed(
  run: RunStarted,
  plan: ScenarioPlan,
  { arm, quiet }: { readonly arm: ArmRecord | undefined; readonly quiet: ArmRecord },
  drill: DrillRecord,
): Played | undefined {
  if (!arm) return undefined;
  addSessions(drill, arm, quiet);
  const rules = healthRules(run, plan.health);
  const context: ScenarioContext = { run, plan, rules, treatment: arm, control: undefined };
  const before = quiet.injecting ? { ...context, treatment: quiet } : undefined;
  const one = (check: typeof ledger): Check | undefined => attempt(check.id, () => check.run(context))[0];
  const premises = [steadyState, ...(plan.fault ? [faultTookEffect] : [])].flatMap((check) => one(check) ?? []);
  const from: Instant | undefined = plan.fault ? (arm.proved?.bit ? arm.proved : undefined) : drill.quiet;
  const mitigation = from && findMitigation(arm, rules, from);
  const mitigated = plan.fault && mitigation?.kind === 'healthy' ? mitigation.since : undefined;
  const stones = findMilestones(drill, arm, { found: foundAt(drill, run, plan), mitigated });
  return {
    premises,
    ledger: one(ledger),
    mitigation,
    stones,
    selfHealed: mitigated !== undefined && !hasActed(drill, arm, stones.onset, mitigated),
    actions: [...findActions(context, before, drill, stones)],
  };
}

/**
 * Adds what the player did to the arms, as procedures: up to the incident to `quiet`, and since then to `arm`. What the
 * fault does in between is not the player's doing. Without a fault all of it is one session.
 */
function addSessions(drill: DrillRecord, arm: ArmRecord, quiet: ArmRecord): void {
  const opened = drill.shells[0];
  const until = drill.over ?? arm.phase('recover')?.ended ?? arm.last;
  if (!opened || !until) return;
  if (!arm.injecting) {
    arm.procedures.push(sessionOf(drill, { from: opened, until }));
    return;
  }
  quiet.procedures.push(sessionOf(drill, { from: opened, until: arm.injecting }));
  const from = arm.phase('recover')?.started;
  if (from) arm.procedures.push(sessionOf(drill, { from, until }));
}

/** Whether the player did anything between the fault and the recovery that may have cured it. */
function hasActed(drill: DrillRecord, arm: ArmRecord, onset: Instant | undefined, mitigated: Instant): boolean {
  const since = onset?.s ?? -Infinity;
  const ordered = arm.wall.some(
    ({ outcome, command = [], s }) =>
      s >= since && s <= mitigated.s && (outcome === 'obeyed' || (outcome === 'entered' && !readsOnly(command))),
  );
  const ran = drill.commands.some(
    (command) =>
      !command.readsOnly &&
      !isAboutDrill(command) &&
      !startedNothing(command) &&
      command.startedS <= mitigated.s &&
      (command.endedS ?? Infinity) >= since,
  );
  return ordered || ran;
}

/** There is no such program. Of a line with several commands the exit code is that of the last one. */
function startedNothing({ line, exitCode }: PlayerCommand): boolean {
  return (exitCode === 126 || exitCode === 127) && !/[;&|\n`]|[$<>]\(/.test(line.trim());
}

function describeScenario(run: RunStarted, plan: ScenarioPlan): Debrief['scenario'] {
  const { id, title, fault } = plan;
  return {
    id,
    title,
    fault: fault ? { kind: fault.kind, summary: fault.summary } : null,
    sections: [...(fault ? curingSections(plan) : [])],
    components: [...affectedParts(run, plan)],
  };
}

function pagesOf({ pages, acked, rates }: DrillRecord): Debrief['pages'] {
  return pages.map((page) => {
    const ack = acked.find((one) => one.page === page.page);
    const { page: number, text, source } = page;
    return { at: instantOf(page), page: number, text, source, ackedAfter: ack ? rates.between(page, ack) : null };
  });
}

/** What a facilitator did, and what the configuration keeps out of the record. */
function directed({
  triggered,
  extended,
  redacted,
  herring,
}: DrillRecord): Pick<Debrief, 'triggered' | 'extensions' | 'redacted' | 'herring'> {
  return defined({
    triggered: triggered && { at: instantOf(triggered), by: triggered.by },
    extensions:
      extended.length === 0 ? undefined : extended.map((one) => ({ at: instantOf(one), byMs: one.byMs, by: one.by })),
    herring: herring && { kind: herring.kind, text: herring.text },
    redacted: redacted && { patterns: redacted.patterns, replaced: redacted.replaced, leftOut: redacted.leftOut },
  });
}

/** A hint costs something only if it led to a recovery. */
function hintsOf({ hinted }: DrillRecord, solved: boolean): Debrief['hints'] {
  const taken = hinted.map((hint) => ({ at: instantOf(hint), step: hint.step, price: hint.price, text: hint.text }));
  return { taken, charged: solved ? taken.reduce((sum, { price }) => sum + price, 0) : 0 };
}
