import type { CommandRan, WallMet } from '../../history/events.ts';
import type { ArmRecord, Instant, ProcedureRecord } from '../../record/arm-record.ts';
import type { Finding } from '../run-report.ts';
import { isPassing } from './has-failed.ts';

/** The client of the engine ends so long after the output of its command, at most; real ms. */
const endsWithinMs = 500;

type Answered = WallMet & Instant;

/** The commands of a block with what the wall saw in the output of those that ran in containers. */
export interface AnsweredCommands {
  readonly commands: readonly CommandRan[];
  /** Errors that belong to none of the commands. */
  readonly others: readonly Finding[];
}

/** Adds to each command what the program that it ran in a container was answered. */
export function withAnswers({ started, commands, ended }: ProcedureRecord, { wall }: ArmRecord): AnsweredCommands {
  const untilT = (ended?.t ?? Infinity) + endsWithinMs;
  const met = wall.filter(({ t }) => t >= started.t && t <= untilT);
  // The times of commands count from the block's own start. The procedure's end gives it more exactly than its start.
  const zero = ended ? ended.t - ended.durationMs : started.t;
  const found = met
    .filter(({ outcome }) => outcome === 'answered')
    .map((answer) => ({ answer, command: commandOf(answer, commands, zero) }))
    .filter(({ answer, command }) => !(isScript(command) && isWaitedOut(answer, met)));
  return {
    commands: commands.map((command) => {
      const { answer } = found.find((one) => one.command === command) ?? {};
      return answer ? { ...command, ...factsOf(answer) } : command;
    }),
    others: found.flatMap(({ answer, command }) =>
      command ? [] : [{ message: `${answer.attempt}: ${answer.message}`, location: started.location }],
    ),
  };
}

/** The command that ended right after the answer, of those that ran then and talk to the engine. */
function commandOf(answer: Answered, commands: readonly CommandRan[], zero: number): CommandRan | undefined {
  const program = answer.errorReply === undefined ? /\bcurl\b/ : /\bredis-cli\b/;
  const running = commands.filter(({ startedMs, durationMs }) => {
    const at = answer.t - zero;
    return startedMs <= at && at <= startedMs + (durationMs ?? Infinity) + endsWithinMs;
  });
  const fits = (pattern: RegExp): readonly CommandRan[] => running.filter(({ text }) => pattern.test(text));
  const [named, any] = [fits(program), fits(/\bdocker\b|\bdocker-compose\b/)];
  const gap = ({ startedMs, durationMs }: CommandRan): number =>
    Math.abs(zero + startedMs + (durationMs ?? 0) - answer.t);
  // A further shell may end together with its last command, which started later.
  const byGap = (one: CommandRan, other: CommandRan): number =>
    gap(one) - gap(other) || other.startedMs - one.startedMs;
  return (named.length > 0 ? named : any).toSorted(byGap)[0];
}

/** Whether a command runs others in the operator, of which nothing is known. */
function isScript(command: CommandRan | undefined): boolean {
  const [ownWords = ''] = command?.text.split(/\bdocker\b/) ?? [];
  return command === undefined || /(?:^|[\s/])(?:ba|da|a|k|z)?sh\s|\beval\s/.test(ownWords);
}

/**
 * Whether a script waited until Redis had started: it asked the same again, and the last time Redis replied no error.
 * What decides its loop is not known.
 */
function isWaitedOut({ errorReply, service, t }: Answered, met: readonly Answered[]): boolean {
  if (errorReply === undefined || !isPassing(errorReply)) return false;
  const same = met.filter((one) => one.service === service);
  const asked = same.filter(
    ({ outcome, command }) => outcome === 'entered' && command?.join(' ').includes('redis-cli'),
  );
  const question = (one: Answered | undefined): string | undefined => one?.command?.join('\0');
  const first = asked.findLast((one) => one.t <= t);
  const last = asked.findLast((one) => one.t > t && question(one) === question(first));
  if (!first || !last) return false;
  const next = asked.find((one) => one.t > last.t)?.t ?? Infinity;
  return !same.some((one) => one.errorReply !== undefined && one.t >= last.t && one.t < next);
}

function factsOf({ errorReply, httpStatus }: Answered): Pick<CommandRan, 'errorReply' | 'httpStatus'> {
  if (errorReply !== undefined) return { errorReply };
  return httpStatus === undefined ? {} : { httpStatus };
}
