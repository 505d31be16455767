import type { CommandRan, WallMet } from '../../history/events.ts';
import type { ArmRecord, Instant, ProcedureRecord } from '../../record/arm-record.ts';
import type { Finding } from '../run-report.ts';

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
  const answers = wall.filter(({ outcome, t }) => outcome === 'answered' && t >= started.t && t <= untilT);
  // The times of commands count from the block's own start. The procedure's end gives it more exactly than its start.
  const zero = ended ? ended.t - ended.durationMs : started.t;
  const found = answers.map((answer) => ({ answer, command: commandOf(answer, commands, zero) }));
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
  return (named.length > 0 ? named : any).toSorted((one, other) => gap(one) - gap(other))[0];
}

function factsOf({ errorReply, httpStatus }: Answered): Pick<CommandRan, 'errorReply' | 'httpStatus'> {
  if (errorReply !== undefined) return { errorReply };
  return httpStatus === undefined ? {} : { httpStatus };
}
