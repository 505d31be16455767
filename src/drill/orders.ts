import type { EventBody } from '../history/events.ts';
import { count } from '../kernel/words.ts';
import type { HintLadder } from './hint-ladder.ts';
import type { Answer, AnswerWord } from './player-door.ts';

/** The drill as a facilitator may change it. */
export interface Directed {
  readonly emit: (event: EventBody) => void;
  /** The incident waits for a facilitator's order. */
  readonly manual: boolean;
  stage(): 'quiet' | 'incident' | 'over';
  /** Lets the incident come. */
  inject(): void;
  /** @returns the time limit from now on, real ms; undefined if it would be too long */
  extend(byMs: number): number | undefined;
  readonly hints: Pick<HintLadder, 'give'>;
  /** @returns false if it is paused already, or cannot be paused at this moment */
  pause(by: string): boolean;
  /** @returns false if it is not paused */
  resume(): boolean;
  /** Shows a line to the player before the next prompt. */
  tell(text: string): void;
}

const noted = (text: string): Answer => ({ ok: true, text });
const refused = (text: string): Answer => ({ ok: false, text });

/**
 * The orders of a facilitator, who is at another terminal. Each one that is carried out is recorded with the account
 * that gave it. No answer says what was drawn.
 */
export function createOrders(drill: Directed): AnswerWord {
  let injectedBy: string | undefined;
  const orders: Readonly<Record<string, (by: string, operand: string) => Answer>> = {
    inject(by) {
      if (injectedBy !== undefined) return refused(`${injectedBy} has injected the incident already`);
      if (!drill.manual)
        return refused('the incident of this drill comes by itself; "drill start --manual" waits for an order');
      injectedBy = by;
      drill.emit({ type: 'drill.triggered', by });
      drill.inject();
      return noted('the incident comes now');
    },
    extend(by, operand) {
      const byMs = Number(operand);
      if (!(byMs > 0)) return refused('extend by how long?');
      const timeLimitMs = drill.extend(byMs);
      if (timeLimitMs === undefined) return refused('that is more than two hours on top of the first limit');
      drill.emit({ type: 'drill.extended', byMs, timeLimitMs, by });
      drill.tell(`MORE TIME: ${by} gives ${minutes(byMs)}`);
      return noted(`the player has ${minutes(timeLimitMs)} from the incident on`);
    },
    hint(by) {
      const hint = drill.hints.give(by);
      if (hint === undefined) return refused('there are no more hints');
      drill.tell(`HINT from ${by}, free of charge: ${hint}`);
      return noted('the player sees the next hint, free of charge');
    },
    pause: (by) =>
      drill.pause(by) ? noted('paused; "drill resume" lets it go on') : refused('it cannot be paused now'),
    resume: () => (drill.resume() ? noted('the drill goes on') : refused('the drill is not paused')),
  };
  return (verb, [by = 'unknown', operand = '']) => {
    const order = Object.hasOwn(orders, verb) ? orders[verb] : undefined;
    if (!order) return refused(`there is no order ${verb}`);
    return drill.stage() === 'over' ? refused('the drill is over') : order(by, operand);
  };
}

function minutes(ms: number): string {
  const seconds = Math.round(ms / 1000);
  const [whole, rest] = [Math.floor(seconds / 60), seconds % 60];
  return [
    ...(whole > 0 ? [count(whole, 'minute')] : []),
    ...(rest > 0 || whole === 0 ? [count(rest, 'second')] : []),
  ].join(' ');
}
