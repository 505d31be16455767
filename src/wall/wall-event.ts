import type { WallMet } from '../history/events.ts';

/** An order to the engine that the history records: refused, only answered as if carried out, or passed on. */
export type WallEvent = Omit<WallMet, 'type'>;

/** Later events of a block show nothing new, and would fill the history. */
const mostEvents = 1000;
const longestText = 300;

/** So many commands in the containers of one service are recorded. The last one stands for all that follow. */
const mostEntries = 300;
/** The words of a command that are recorded, and their length. */
const [mostWords, longestWord] = [12, 100];
const rest = '…';

/**
 * Limits what one arm can write into the history and the reports: each text becomes one short line, and the thousandth
 * event is the last. It says that there were more.
 */
export function limitEvents(emit: (event: WallEvent) => void): (event: WallEvent) => void {
  let seen = 0;
  const entries = new Map<string, number>();
  return (event) => {
    if (event.outcome === 'entered') {
      const nth = (entries.get(event.service ?? '') ?? 0) + 1;
      entries.set(event.service ?? '', nth);
      if (nth <= mostEntries) emit({ ...event, command: nth === mostEntries ? [rest] : shortWords(event.command) });
      return;
    }
    seen += 1;
    if (seen < mostEvents) emit({ ...event, attempt: shortLine(event.attempt), message: shortLine(event.message) });
    if (seen === mostEvents)
      emit({
        outcome: 'refused',
        attempt: `do more than ${mostEvents} things that are refused or interrupt a service`,
        message: 'further events of this kind are not recorded',
      });
  };
}

function shortWords(words: readonly string[] = []): readonly string[] {
  const kept = words.slice(0, mostWords).map((word) => (word.length > longestWord ? rest : shortLine(word)));
  return kept.length < words.length ? [...kept, rest] : kept;
}

function shortLine(text: string): string {
  const line = text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ');
  return line.length > longestText ? `${line.slice(0, longestText - 1)}…` : line;
}
