import { lastLines, readTerminal } from './terminal-text.ts';

/** The most output that is kept, so that a block cannot fill the memory. */
const keptCharacters = 256 * 1024;

/** The longest delay between a program's print and its arrival here; real ms. */
const latencyMs = 50;

interface Chunk {
  readonly at: number;
  readonly text: string;
}

/** The output of a terminal, with times. The caller gives the times, in real ms. */
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

  /** Whether the beginning was dropped. */
  get isCut(): boolean {
    return this.#cut;
  }

  /** All kept output, as a person would read it. */
  text(): string {
    return readTerminal(this.#chunks.map(({ text }) => text).join(''));
  }

  /** The line of the cursor. */
  lastLine(): string {
    return this.text().split('\n').at(-1)?.trim() ?? '';
  }

  /**
   * The last lines that arrived while a command ran. They may include what another command printed at the same time,
   * because a terminal does not show which process wrote a line.
   */
  during(from: number, to: number): string {
    const within = this.#chunks.filter(({ at }) => at >= from && at <= to + latencyMs);
    return lastLines(readTerminal(within.map(({ text }) => text).join('')), 30, 4000);
  }
}
