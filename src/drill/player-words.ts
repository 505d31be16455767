import type { DrillEnd, EventBody, PageSent } from '../history/events.ts';
import { defined } from '../kernel/defined.ts';
import type { Answer, AnswerWord } from './player-door.ts';
import type { HintLadder } from './hint-ladder.ts';
import type { RunbookText } from './runbook-text.ts';

export interface WordsContext {
  readonly emit: (event: EventBody) => void;
  /** The player has no more part in the drill. */
  readonly end: (why: DrillEnd) => void;
  readonly pages: readonly PageSent[];
  readonly runbook: RunbookText;
  readonly hints: HintLadder;
  /** The queues and services that the player may name. */
  readonly components: ReadonlySet<string>;
  /** Stops the drill until a key is pressed. */
  readonly pause: () => void;
  /** The sandbox clock, its rate and the time limit, for `status`. */
  readonly clocks: () => string;
}

type Word = (words: readonly string[]) => Answer;

const said = (text: string): Answer => ({ ok: true, text });
const refused = (text: string): Answer => ({ ok: false, text });

const help = `words of the drill:
  drill page                              read the pages
  drill ack                               acknowledge the last page
  drill declare                           declare an incident
  drill found SECTION COMPONENT [why]     name the branch of the runbook and the broken part
  drill runbook [SECTION]                 read the runbook
  drill hint                              what the next hint is about, and its price
  drill hint take                         take it
  drill note TEXT                         note something for the debrief
  drill status                            the sandbox clock, pages, hints
  drill pause                             stop the clock until you press a key
  drill resolved                          it is over: the fleet is healthy again
  drill standdown                         there is no incident
  drill giveup                            end the drill without a recovery`;

/**
 * The words of the player. Each is recorded, and none of the answers says what is right or wrong: `found` and
 * `resolved` are only noted.
 */
export function createPlayerWords(context: WordsContext): AnswerWord {
  const { emit, end, pages, runbook, hints } = context;
  const acked = new Set<number>();
  const ending = (why: 'resolved' | 'stood-down' | 'gave-up', text: string): Word => {
    return () => {
      emit({ type: 'player.ended', how: why });
      end(why);
      return said(text);
    };
  };

  const words: Readonly<Record<string, Word>> = {
    help: () => said(help),
    page: () => said(pages.length === 0 ? 'no pages' : pages.map(lineOf).join('\n')),
    ack() {
      const last = pages.at(-1);
      if (!last) return refused('there is no page');
      if (!acked.has(last.page)) emit({ type: 'player.acked', page: last.page });
      acked.add(last.page);
      return said(`page ${last.page} is acknowledged`);
    },
    declare() {
      emit({ type: 'player.declared' });
      return said('noted: an incident is declared');
    },
    found: ([section = '', component = '', ...why]) => {
      if (component === '') return refused('name both: drill found SECTION COMPONENT [why]');
      if (!runbook.section(section))
        return refused(`the runbook has no section ${section}; "drill runbook" lists them`);
      if (!context.components.has(component)) return refused(`the fleet has no queue and no service ${component}`);
      const reason = why.length === 0 ? undefined : why.join(' ');
      emit({ type: 'player.found', section, component, ...defined({ why: reason }) });
      return said('noted');
    },
    hint: ([take]) => (take === 'take' ? hints.take() : hints.ask()),
    note(parts) {
      if (parts.length === 0) return refused('note what? drill note TEXT');
      emit({ type: 'player.noted', text: parts.join(' ') });
      return said('noted');
    },
    runbook: ([section = '']) => {
      const found = section === '' ? { text: runbook.contents(), line: undefined } : runbook.section(section);
      if (!found) return refused(`the runbook has no section ${section}; "drill runbook" lists them`);
      emit({ type: 'player.read', section, ...defined({ line: found.line }) });
      return said(found.text);
    },
    pause() {
      context.pause();
      return said('paused');
    },
    status: () => said([context.clocks(), `pages: ${pages.length}`, hints.status()].join('\n')),
    resolved: ending('resolved', 'noted; the drill ends here, and the judge watches whether the health lasts'),
    standdown: ending('stood-down', 'noted; the drill ends here'),
    giveup: ending('gave-up', 'noted; the drill ends here'),
  };

  const known = new Map(Object.entries(words));
  return (verb, given) => known.get(verb)?.(given) ?? refused(`there is no word ${verb}\n${help}`);
}

/** A page as the player sees it. */
export function lineOf({ page, text }: Pick<PageSent, 'page' | 'text'>): string {
  return `PAGE ${page}: ${text}`;
}
