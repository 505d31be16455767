import { purposes, type CommandRan, type Purpose } from '../../history/events.ts';
import { defined } from '../../kernel/defined.ts';
import { count } from '../../kernel/words.ts';
import type { ArmRecord, ProcedureRecord } from '../../record/arm-record.ts';
import { pairSteps } from '../../record/pair-steps.ts';
import { causeOf } from '../causes.ts';
import { busyMachine } from '../../record/cpu-pressure.ts';
import type { Check, Finding } from '../run-report.ts';
import { excused, fail, inconclusive, isNonEmpty, pass, type ScenarioCheck } from './check.ts';
import { withAnswers } from './container-answers.ts';
import { doubtOf } from './doubt-of.ts';
import { hasFailed } from './has-failed.ts';
import { lostTargets } from './lost-targets.ts';

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
 * command succeeds after an earlier one failed is no success. `hasFailed` knows which exit codes are no failure.
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

function checkProcedure(id: string, recorded: ProcedureRecord, arm: ArmRecord): Check {
  const { commands, others } = withAnswers(recorded, arm);
  const record: ProcedureRecord = { ...recorded, commands: [...commands] };
  const { started, ended } = record;
  const lost = lostTargets(record, arm);
  const failed = commands.filter(
    (command) =>
      !lost.has(command) &&
      !isEndedByBlock(command, record) &&
      !isUnfinished(command, ended) &&
      hasFailed(command, started),
  );
  const findings = [
    ...unfilled(record),
    ...unanswered(record),
    ...failed.map((command) => describe(command, record)),
    ...others,
  ];
  if (ended && findings.length === 0) findings.push(...blockFindings(record, lost));
  const late = ended?.ended === 'cut' ? tooLate(record, ended) : undefined;
  if (late && findings.length === 0) {
    const busy = busyMachine(arm);
    if (busy !== undefined) return excused(id, busy, late.message, [late]);
  }
  if (late) findings.push(late);
  return isNonEmpty(findings) ? fail(id, findings) : (unproved(id, record) ?? allWell(id, record, lost));
}

function allWell(id: string, { commands }: ProcedureRecord, lost: ReadonlySet<CommandRan>): Check {
  const all = count(commands.length, 'command');
  if (lost.size === 0) return pass(id, `${all}, none failed`);
  const services = [...new Set([...lost].flatMap(({ reads }) => reads ?? []))].join(', ');
  const texts = [...lost].map(({ text, exitCode }) => `\`${text}\` may fail (${exitCode})`);
  return pass(id, `${all}; the fault took ${services} away, so ${texts.join(', ')}`);
}

/** Inconclusive if the record does not show how each command ended. */
function unproved(id: string, { commands, ended }: ProcedureRecord): Check | undefined {
  if (!ended) return inconclusive(id, 'the record does not hold its end');
  if (ended.ended === 'interrupted') return inconclusive(id, 'it was interrupted');
  if (ended.ended === 'operator-lost') return inconclusive(id, 'the operator was lost while it ran');
  if (!ended.traced)
    return inconclusive(id, 'the block switched off the tracing of its commands, so some exit codes are unknown');
  const doubt = commands.map(doubtOf).find((one) => one !== undefined);
  return doubt && inconclusive(id, doubt.message, [doubt]);
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

function howFailed({ cut, exitCode, errorReply, httpStatus }: CommandRan): string {
  if (cut) return 'had to be stopped by force';
  if (exitCode === 0 && errorReply !== undefined) return 'got an error from Redis and still ended with 0';
  if (exitCode === 0 && httpStatus !== undefined) return `got HTTP ${httpStatus} and still ended with 0`;
  return `failed with ${exitCode}`;
}

function describe(command: CommandRan, { ended }: ProcedureRecord): Finding {
  const { text, exitCode, cut, location, output, outputOf } = command;
  const masked =
    !cut && exitCode !== 0 && ended?.ended === 'exited' && ended.exitCode === 0
      ? ', and the block still ended with 0'
      : '';
  return {
    message: `\`${text}\` ${howFailed(command)}${masked}`,
    ...defined({ cause: causeOf(command) }),
    location,
    command: text,
    exitCode,
    ...defined({ output, outputOf }),
  };
}

/** SIGHUP, SIGINT and SIGTERM, with which a block ends what it started in the background. */
const ends: ReadonlySet<number | null> = new Set([129, 130, 143]);

function isEndedByBlock({ role, exitCode }: CommandRan, { commands }: ProcedureRecord): boolean {
  const isKill = (command: CommandRan): boolean => /^p?kill\b/.test(command.text) && command.exitCode === 0;
  return role === 'background' && ends.has(exitCode) && commands.some(isKill);
}

/** Whether a command has not failed although its exit code is that of its block. */
function mayEndBlock({ isLast, limited, reader }: CommandRan): boolean {
  return isLast === true && (limited === true || reader !== undefined);
}

/** What is wrong with the block as a whole, if no command of it failed. */
function blockFindings(
  { started, ended, commands }: ProcedureRecord,
  lost: ReadonlySet<CommandRan>,
): readonly Finding[] {
  const { expectExit, location } = started;
  if (ended?.ended === 'unanswered-prompt') return [{ message: 'it waits for an answer and gets none', location }];
  const isEnded = ended?.ended === 'exited' && ended.traced && ended.exitCode !== null;
  if (!isEnded || ended.exitCode === (expectExit ?? 0)) return [];
  if (commands.some((command) => command.exitCode === ended.exitCode && mayEndBlock(command))) return [];
  const last = commands.at(-1);
  // With `set -e` a probe that may fail ends its block.
  if (last && lost.has(last) && last.exitCode === ended.exitCode) return [];
  const expected = expectExit === undefined ? '' : `; it should end with ${expectExit}`;
  return [{ message: `the block ended with ${ended.exitCode}${expected}`, location, exitCode: ended.exitCode }];
}
