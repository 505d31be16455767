import { lastLines, readTerminal } from './terminal-text.ts';

/** More than this of a block's output is not kept; a runaway block must not fill the memory. */
const keptCharacters = 256 * 1024;

/** A chunk reaches us this much later than it was printed, at the most; real ms. */
const latencyMs = 50;

interface Chunk {
  readonly at: number;
  readonly text: string;
}

/** What the terminal has shown so far, and when. Times are the caller's, in real ms. */
export class Screen {
  readonly #chunks: Chunk[] = [];
  #characters = 0;
  #lastAt = -Infinity;
  #cut = false;

  add(text: string, at: number): void {
    this.#lastAt = at;
    this.#characters += text.length;
    this.#chunks.push({ at, text });
    while (this.#characters > keptCharacters && this.#chunks.length > 1) {
      this.#characters -= this.#chunks.shift()?.text.length ?? 0;
      this.#cut = true;
    }
  }

  /** When the last output arrived. */
  get lastAt(): number {
    return this.#lastAt;
  }

  /** Whether the beginning has been dropped. */
  get isCut(): boolean {
    return this.#cut;
  }

  /** All that is kept, as a person reads it. */
  text(): string {
    return readTerminal(this.#chunks.map(({ text }) => text).join(''));
  }

  /** The line that the cursor stands behind. */
  lastLine(): string {
    return this.text().split('\n').at(-1)?.trim() ?? '';
  }

  /**
   * The last lines that arrived while a command ran. What another command printed a moment before or after may be among
   * them: a terminal does not say who wrote what.
   */
  during(from: number, to: number): string {
    const within = this.#chunks.filter(({ at }) => at >= from && at <= to + latencyMs);
    return lastLines(readTerminal(within.map(({ text }) => text).join('')), 30, 4000);
  }
}
