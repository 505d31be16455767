import type { Screen } from './screen.ts';

/** What is typed when a prompt's text matches. */
export interface Answer {
  readonly prompt: RegExp;
  readonly reply: string;
}

interface Asked {
  readonly pid: number;
  /** `line`: Enter ends the input. `char`: each key counts. */
  readonly mode: 'line' | 'char';
  /** It stops asking by itself after a while. */
  readonly timed: boolean;
  /** When it was seen to ask; real ms. */
  readonly seenAt: number;
}

interface Question extends Asked {
  readonly text: string;
  /** Undefined when nobody has an answer. */
  readonly reply: string | undefined;
}

export interface Prompter {
  /** A process is about to wait for the keyboard. */
  asked(asked: Asked): void;
  /** The next question whose text is on the screen. */
  next(screen: Screen, now: number): Question | undefined;
}

/** The text of a prompt reaches us a moment after the news that its process waits; real ms. */
const settleMs = 100;
/** On a busy machine it takes longer: only after so long it is what nobody has an answer for; real ms. */
const unansweredMs = 2000;

/** Scenario's answers go by the prompt's text; the runbook's own, which have none, by their order. */
export function createPrompter(answers: readonly Answer[], ordered: readonly string[]): Prompter {
  const waiting: Asked[] = [];
  const left = [...ordered];
  return {
    asked: (asked) => void waiting.push(asked),
    next(screen, now) {
      const [first] = waiting;
      const quietMs = first ? now - Math.max(first.seenAt, screen.lastAt) : 0;
      if (!first || quietMs < settleMs) return undefined;
      const text = screen.lastLine();
      const matching = answers.find(({ prompt }) =>
        new RegExp(prompt.source, prompt.flags.replaceAll(/[gy]/g, '')).test(text),
      );
      if (!matching && left.length === 0 && quietMs < unansweredMs) return undefined;
      waiting.shift();
      return { ...first, text, reply: matching ? matching.reply : left.shift() };
    },
  };
}
