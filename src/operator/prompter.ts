import type { Screen } from './screen.ts';

/** The text to type at a prompt that matches. */
export interface Answer {
  readonly prompt: RegExp;
  readonly reply: string;
}

interface Asked {
  readonly pid: number;
  /** `line`: Enter ends the input. `char`: each key counts. */
  readonly mode: 'line' | 'char';
  /** The process stops waiting by itself after a while. */
  readonly timed: boolean;
  /** When the trace showed that the process waits; real ms. */
  readonly seenAt: number;
}

interface Question extends Asked {
  readonly text: string;
  /** Undefined if there is no answer. */
  readonly reply: string | undefined;
}

export interface Prompter {
  /** A process is about to wait for the keyboard. */
  asked(asked: Asked): void;
  /** The next question whose text is on the screen. */
  next(screen: Screen, now: number): Question | undefined;
}

/** The text of a prompt arrives a moment after the trace shows that its process waits; real ms. */
const settleMs = 100;
/** On a busy machine it arrives later. A question counts as unanswered only after this time; real ms. */
const unansweredMs = 2000;

/**
 * @param answers of the scenario, chosen by the text of the prompt
 * @param ordered of the runbook, used one after the other
 */
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
