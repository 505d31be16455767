import type { CommandRan, ProcedureStarted } from '../../history/events.ts';
import { count } from '../../kernel/words.ts';
import type { ProcedureRecord } from '../../record/arm-record.ts';
import { hasFailed } from '../../verdict/checks/has-failed.ts';
import type { Tone } from './time-panel.ts';

/** How something ended, in a word and a few. */
interface Outcome {
  readonly tone: Tone;
  readonly text: string;
}

/** How a command ended, by the rule of the verdict (`has-failed.ts`). */
export function commandOutcome(command: CommandRan, started: ProcedureStarted): Outcome {
  const { exitCode, cut, errorReply, httpStatus } = command;
  const failed = hasFailed(command, started);
  if (cut) return { tone: failed ? 'bad' : 'unclear', text: 'ended by Drillbook' };
  if (exitCode === null) return { tone: 'unclear', text: 'exit not known' };
  const more = errorReply !== undefined ? ', replied an error' : httpStatus !== undefined ? `, HTTP ${httpStatus}` : '';
  const allowed = exitCode !== 0 && !failed ? ', no failure' : '';
  return { tone: failed ? 'bad' : 'good', text: `exit ${exitCode}${more}${allowed}` };
}

/** How a block ended, together with its commands. */
export function procedureOutcome({ started, commands, ended }: ProcedureRecord): Outcome {
  if (!ended) return { tone: 'unclear', text: 'its end is not recorded' };
  const failed = commands.filter((command) => hasFailed(command, started)).length;
  const exit = ended.exitCode === null ? ended.ended : `exit ${ended.exitCode}`;
  // A block that was to be cut off is no failure of its own.
  if (started.cutAfterMs !== undefined) return { tone: 'unclear', text: `${exit}, cut off on purpose` };
  if (failed > 0) return { tone: 'bad', text: `${exit}, ${count(failed, 'command')} failed` };
  if (ended.ended === 'interrupted' || ended.ended === 'operator-lost') return { tone: 'unclear', text: ended.ended };
  return {
    tone: ended.ended === 'exited' && ended.exitCode === (started.expectExit ?? 0) ? 'good' : 'bad',
    text: exit,
  };
}
