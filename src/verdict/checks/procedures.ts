import type { CommandRan } from '../../history/events.ts';
import type { ArmRecord, ProcedureRecord } from '../../record/arm-record.ts';
import { causeOf } from '../causes.ts';
import { busyMachine } from '../cpu-pressure.ts';
import { pairSteps } from '../../record/pair-steps.ts';
import type { Check, Finding } from '../run-report.ts';
import { count, fail, inconclusive, isNonEmpty, pass, type ScenarioContext } from './check.ts';

/**
 * Every procedure of the treatment must have done all that it says: a block whose last command succeeds after an earlier one
 * failed is no success. What decides an `if`, `&&` or `||` may fail; so may what a reader behind a pipe no longer
 * listens to, and a `grep` whose output goes on into a pipe and which found nothing.
 */
export function checkProcedures({ plan, treatment }: ScenarioContext): readonly Check[] {
  if (!treatment) return [];
  const missing = pairSteps(plan, treatment).filter(({ record }) => record === undefined);
  return [
    ...treatment.procedures.map((record) => checkProcedure(record, treatment)),
    ...missing.map(({ step, purpose }) => inconclusive(idOf(purpose, step.address), 'it was not run')),
  ];
}

function idOf(purpose: string, address: string): string {
  return `${purpose}:${address}`;
}

function checkProcedure(record: ProcedureRecord, arm: ArmRecord): Check {
  const { started, commands, ended } = record;
  const id = idOf(started.purpose, started.address);
  const failed = commands.filter((command) => !isUnfinished(command, ended) && hasFailed(command, started.expectExit));
  const findings = [...unfilled(record), ...prompts(record), ...failed.map((command) => describe(command, record))];
  if (ended && findings.length === 0) findings.push(...blockFindings(record));
  const late = ended?.ended === 'cut' ? tooLate(record, ended) : undefined;
  if (late && findings.length === 0) {
    const busy = busyMachine(arm);
    if (busy !== undefined) return inconclusive(id, `${busy}, so it proves nothing: ${late.message}`, [late]);
  }
  if (late) findings.push(late);
  if (isNonEmpty(findings)) return fail(id, findings);
  if (!ended) return inconclusive(id, 'its end is not on record');
  if (ended.ended === 'interrupted') return inconclusive(id, 'it was interrupted');
  if (ended.ended === 'operator-lost') return inconclusive(id, 'the operator was lost while it ran');
  if (!ended.traced)
    return inconclusive(id, 'the block switched the tracing of its commands off, so that not every exit code is known');
  const unknown = commands.find(({ exitCode, role, cut }) => exitCode === null && role === 'command' && !cut);
  if (unknown)
    return inconclusive(id, `the exit code of \`${unknown.text}\` could not be observed`, [
      { message: 'exit code not observed', location: unknown.location },
    ]);
  return pass(id, `${count(commands.length, 'command')}, none failed`);
}

/** It ran when its block was ended: how it would have ended nobody knows, and why it was ended the block's own end tells. */
function isUnfinished({ cut, durationMs }: CommandRan, ended: ProcedureRecord['ended']): boolean {
  return cut && durationMs === null && ended?.ended !== 'exited';
}

function tooLate({ started, commands }: ProcedureRecord, ended: NonNullable<ProcedureRecord['ended']>): Finding {
  const at = commands.findLast((command) => isUnfinished(command, ended));
  const limit = `after ${Math.round(ended.durationMs / 1000)} s of real time, its time limit`;
  return {
    message: at ? `\`${at.text}\` still ran when the block was ended ${limit}` : `the block was ended ${limit}`,
    location: at?.location ?? started.location,
    ...(at ? { command: at.text } : {}),
  };
}

function unfilled({ started, ended }: ProcedureRecord): readonly Finding[] {
  return (ended?.unfilled ?? []).map((name) => ({ message: `nothing fills ${name}`, location: started.location }));
}

function prompts({ prompts: seen }: ProcedureRecord): readonly Finding[] {
  return seen
    .filter(({ answer }) => answer === null)
    .map(({ text, location }) => ({ message: `it asks \`${text}\` and the scenario has no answer`, location }));
}

const killedByClosedPipe = 128 + 13;

/** A command that ends as the runbook says its block ends has not failed. */
function hasFailed(command: CommandRan, expectExit: number | undefined): boolean {
  if (command.cut) return true;
  if (command.exitCode === expectExit) return false;
  if (command.exitCode === null || command.exitCode === 0 || command.role === 'condition') return false;
  const isWithinPipe = command.intoPipe === true;
  if (isWithinPipe && command.exitCode === killedByClosedPipe) return false;
  return !(isWithinPipe && command.exitCode === 1 && /^(?:e|f|z)?grep\b/.test(command.text));
}

function describe(command: CommandRan, { ended }: ProcedureRecord): Finding {
  const { text, exitCode, cut, location, output } = command;
  const cause = causeOf(command);
  const masked = !cut && ended?.ended === 'exited' && ended.exitCode === 0 ? ', and the block still ended with 0' : '';
  return {
    message: cut ? `\`${text}\` had to be ended by force` : `\`${text}\` failed with ${exitCode}${masked}`,
    ...(cause === undefined ? {} : { cause }),
    location,
    command: text,
    exitCode,
    ...(output === undefined ? {} : { output }),
  };
}

/** What is wrong with the block as a whole although no command of it is to blame. */
function blockFindings({ started, ended }: ProcedureRecord): readonly Finding[] {
  const expected = started.expectExit ?? 0;
  if (ended?.ended === 'unanswered-prompt')
    return [{ message: 'it waits for an answer that nobody gives', location: started.location }];
  if (ended?.ended === 'exited' && ended.traced && ended.exitCode !== null && ended.exitCode !== expected) {
    return [
      {
        message: `the block ended with ${ended.exitCode}${started.expectExit === undefined ? '' : `; it is meant to end with ${expected}`}`,
        location: started.location,
        exitCode: ended.exitCode,
      },
    ];
  }
  return [];
}
