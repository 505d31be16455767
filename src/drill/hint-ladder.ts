import type { EventBody } from '../history/events.ts';
import type { Answer } from './player-door.ts';
import type { Hint } from './hints.ts';

/** The hints of a drill, one after the other. */
export interface HintLadder {
  ask(): Answer;
  take(): Answer;
  /** A facilitator gives the next one, free of charge. Undefined: there are no more. */
  give(by: string): string | undefined;
  status(): string;
}

export function createHintLadder(hints: readonly Hint[], emit: (event: EventBody) => void): HintLadder {
  let [taken, total] = [0, 0];
  const none: Answer = { ok: true, text: 'there are no more hints' };
  const next = (): Hint | undefined => hints[taken];
  return {
    ask() {
      const hint = next();
      if (!hint) return none;
      return {
        ok: true,
        text: `hint ${taken + 1} of ${hints.length} is about ${hint.about} and costs ${hint.price} (so far ${total}); "drill hint take" takes it`,
      };
    },
    take() {
      const hint = next();
      if (!hint) return none;
      taken += 1;
      total += hint.price;
      emit({ type: 'player.hinted', step: taken, price: hint.price, text: hint.text });
      return { ok: true, text: `${hint.text}\n(hints so far: ${total}; charged only if the fleet recovers)` };
    },
    give(by) {
      const hint = next();
      if (!hint) return undefined;
      taken += 1;
      emit({ type: 'player.hinted', step: taken, price: 0, text: hint.text, by });
      return hint.text;
    },
    status: () => `hints: ${taken} taken, ${total} points, charged only if the fleet recovers`,
  };
}
