import { readTerminal } from './terminal-text.ts';

/** The most output that is kept, so that a block cannot fill the memory. */
const keptCharacters = 256 * 1024;

/** The output of a terminal. */
export class Screen {
  readonly #chunks: string[] = [];
  #characters = 0;
  /** Of the beginning, which is not kept. */
  #dropped = 0;
  #joined: string | undefined;
  #lastAt = -Infinity;

  /** @param at when it arrived, real ms */
  add(text: string, at: number): void {
    if (text === '') return;
    this.#lastAt = at;
    this.#joined = undefined;
    this.#characters += text.length;
    this.#chunks.push(text);
    while (this.#characters > keptCharacters && this.#chunks.length > 1) {
      const { length } = this.#chunks.shift() ?? '';
      this.#characters -= length;
      this.#dropped += length;
    }
  }

  /** When the last output arrived. */
  get lastAt(): number {
    return this.#lastAt;
  }

  /** Whether the beginning was dropped. */
  get isCut(): boolean {
    return this.#dropped > 0;
  }

  /** All kept output, as a person would read it. */
  text(): string {
    return readTerminal(this.#chunks.join(''));
  }

  /** The line of the cursor. */
  lastLine(): string {
    return this.text().split('\n').at(-1)?.trim() ?? '';
  }

  /** The output between two places, in characters from the beginning, as far as it is kept. */
  between(from: number, to: number): string {
    const [start, end] = [Math.max(0, from - this.#dropped), Math.max(0, to - this.#dropped)];
    this.#joined ??= this.#chunks.join('');
    return readTerminal(this.#joined.slice(start, end));
  }
}
