import { purposes, type CommandRan, type Purpose } from '../../history/events.ts';
import { defined } from '../../kernel/defined.ts';
import { count } from '../../kernel/words.ts';
import type { ArmRecord, ProcedureRecord } from '../../record/arm-record.ts';
import { pairSteps } from '../../record/pair-steps.ts';
import { causeOf } from '../causes.ts';
import { busyMachine } from '../cpu-pressure.ts';
import type { Check, Finding } from '../run-report.ts';
import { excused, fail, inconclusive, isNonEmpty, pass, type ScenarioCheck } from './check.ts';

/**
 * A block that failed in the treatment stays failed. One that is run for the second time has to succeed in time, as
 * everything that is repeated. Placebos are only run in the control arm.
 */
const properties: Readonly<Record<Purpose, Pick<ScenarioCheck, 'final' | 'timeBound'>>> = {
  diagnosis: { final: true },
  recovery: { final: true },
  maintenance: { final: true },
  placebo: {},
  repeat: { timeBound: true },
};

/**
 * One entry for each purpose. Every procedure of the treatment must have done all that it says: a block whose last
 * command succeeds after an earlier one failed is no success. These may fail:
 *
 * - a command that decides an `if`, `&&` or `||`
 * - a command in a pipe whose reader no longer reads
 * - a `grep` in a pipe that found nothing
 */
export const procedures: readonly ScenarioCheck[] = purposes.map((purpose) => ({
  id: purpose,
  about: ['treatment'],
  ...properties[purpose],
  run: ({ plan, treatment }) => {
    if (!treatment) return [];
    const ran = treatment.procedures.filter(({ started }) => started.purpose === purpose);
    const missing = pairSteps(plan, treatment).filter((pair) => pair.purpose === purpose && !pair.record);
    return [
      ...ran.map((record) => checkProcedure(`${purpose}:${record.started.address}`, record, treatment)),
      ...missing.map(({ step }) => inconclusive(`${purpose}:${step.address}`, 'it was not run')),
    ];
  },
}));

function checkProcedure(id: string, record: ProcedureRecord, arm: ArmRecord): Check {
  const { started, commands, ended } = record;
  const failed = commands.filter((command) => !isUnfinished(command, ended) && hasFailed(command, started.expectExit));
  const findings = [...unfilled(record), ...unanswered(record), ...failed.map((command) => describe(command, record))];
  if (ended && findings.length === 0) findings.push(...blockFindings(record));
  const late = ended?.ended === 'cut' ? tooLate(record, ended) : undefined;
  if (late && findings.length === 0) {
    const busy = busyMachine(arm);
    if (busy !== undefined) return excused(id, busy, late.message, [late]);
  }
  if (late) findings.push(late);
  return isNonEmpty(findings) ? fail(id, findings) : (unproved(id, record) ?? allWell(id, record));
}

function allWell(id: string, { commands }: ProcedureRecord): Check {
  return pass(id, `${count(commands.length, 'command')}, none failed`);
}

/** Inconclusive if the record does not show how each command ended. */
function unproved(id: string, { commands, ended }: ProcedureRecord): Check | undefined {
  if (!ended) return inconclusive(id, 'the record does not hold its end');
  if (ended.ended === 'interrupted') return inconclusive(id, 'it was interrupted');
  if (ended.ended === 'operator-lost') return inconclusive(id, 'the operator was lost while it ran');
  if (!ended.traced)
    return inconclusive(id, 'the block switched off the tracing of its commands, so some exit codes are unknown');
  const unknown = commands.find(({ exitCode, role, cut }) => exitCode === null && role === 'command' && !cut);
  return (
    unknown &&
    inconclusive(id, `the exit code of \`${unknown.text}\` could not be observed`, [
      { message: 'exit code not observed', location: unknown.location },
    ])
  );
}

/**
 * The command was still running when the block was stopped. Its result is unknown; the block's end event says why the
 * block was stopped.
 */
function isUnfinished({ cut, durationMs }: CommandRan, ended: ProcedureRecord['ended']): boolean {
  return cut && durationMs === null && ended?.ended !== 'exited';
}

function tooLate({ started, commands }: ProcedureRecord, ended: NonNullable<ProcedureRecord['ended']>): Finding {
  const at = commands.findLast((command) => isUnfinished(command, ended));
  const limit = `after ${Math.round(ended.durationMs / 1000)} s of real time, its time limit`;
  return {
    message: at ? `\`${at.text}\` still ran when the block was stopped ${limit}` : `the block was stopped ${limit}`,
    location: at?.location ?? started.location,
    ...defined({ command: at?.text }),
  };
}

function unfilled({ started, ended }: ProcedureRecord): readonly Finding[] {
  return (ended?.unfilled ?? []).map((name) => ({ message: `nothing fills ${name}`, location: started.location }));
}

function unanswered({ prompts }: ProcedureRecord): readonly Finding[] {
  return prompts
    .filter(({ answer }) => answer === null)
    .map(({ text, location }) => ({ message: `it asks \`${text}\` and the scenario has no answer`, location }));
}

/** The exit status of a command that wrote into a closed pipe: SIGPIPE. */
const killedByClosedPipe = 128 + 13;

/** A command that ends with the exit status that the runbook announces for its block has not failed. */
function hasFailed(command: CommandRan, expectExit: number | undefined): boolean {
  const { cut, exitCode, role, intoPipe, text } = command;
  if (cut) return true;
  if (exitCode === expectExit) return false;
  if (exitCode === null || exitCode === 0 || role === 'condition') return false;
  if (!intoPipe) return true;
  const foundNothing = exitCode === 1 && /^(?:e|f|z)?grep\b/.test(text);
  return exitCode !== killedByClosedPipe && !foundNothing;
}

function describe(command: CommandRan, { ended }: ProcedureRecord): Finding {
  const { text, exitCode, cut, location, output } = command;
  const masked = !cut && ended?.ended === 'exited' && ended.exitCode === 0 ? ', and the block still ended with 0' : '';
  return {
    message: cut ? `\`${text}\` had to be stopped by force` : `\`${text}\` failed with ${exitCode}${masked}`,
    ...defined({ cause: causeOf(command) }),
    location,
    command: text,
    exitCode,
    ...defined({ output }),
  };
}

/** What is wrong with the block as a whole, if no command of it failed. */
function blockFindings({ started, ended }: ProcedureRecord): readonly Finding[] {
  const { expectExit, location } = started;
  if (ended?.ended === 'unanswered-prompt') return [{ message: 'it waits for an answer and gets none', location }];
  const isEnded = ended?.ended === 'exited' && ended.traced && ended.exitCode !== null;
  if (!isEnded || ended.exitCode === (expectExit ?? 0)) return [];
  const expected = expectExit === undefined ? '' : `; it should end with ${expectExit}`;
  return [{ message: `the block ended with ${ended.exitCode}${expected}`, location, exitCode: ended.exitCode }];
}
