import type { WallMet } from '../history/events.ts';

/** An order to the engine that the history records: refused, only answered as if carried out, or passed on. */
export type WallEvent = Omit<WallMet, 'type'>;

/** Later events of a block show nothing new, and would fill the history. */
const mostEvents = 1000;
const longestText = 300;

/**
 * Limits what one arm can write into the history and the reports: each text becomes one short line, and the thousandth
 * event is the last. It says that there were more.
 */
export function limitEvents(emit: (event: WallEvent) => void): (event: WallEvent) => void {
  let seen = 0;
  return (event) => {
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

function shortLine(text: string): string {
  const line = text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ');
  return line.length > longestText ? `${line.slice(0, longestText - 1)}…` : line;
}
