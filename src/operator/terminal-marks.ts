/** A mark of native/block-trace.c. It shows which output came before a record of the trace, and which after it. */
const marks = /\u001b_drillbook;([\w.]{1,40})\u001b\\/g;
/** The beginning of a mark, at the end of a text. */
const begun = /\u001b(?:_(?:d(?:r(?:i(?:l(?:l(?:b(?:o(?:o(?:k(?:;[\w.]{0,40}(?:\u001b)?)?)?)?)?)?)?)?)?)?)?)?$/;

/** Tracing stops long before so many. Only the block itself can print more. */
const mostMarks = 500_000;

/**
 * Names the occurrences of a key in order: `7.1#1`, `7.1#2`. A process number can come back, but the terminal and the
 * trace show its marks in the same order.
 */
export function createOccurrences(): (key: string) => string {
  const seen = new Map<string, number>();
  return (key) => {
    const nth = (seen.get(key) ?? 0) + 1;
    seen.set(key, nth);
    return `${key}#${nth}`;
  };
}

/** Takes the marks out of a terminal's output as it comes, and remembers after how many characters each one stood. */
export class TerminalMarks {
  readonly #places = new Map<string, number>();
  readonly #nameOf = createOccurrences();
  #characters = 0;
  #pending = '';

  /** @returns the output without marks */
  push(text: string): string {
    const whole = this.#pending + text;
    const held = begun.exec(whole)?.index ?? whole.length;
    this.#pending = whole.slice(held);
    return this.#take(whole.slice(0, held));
  }

  /** What looked like the beginning of a mark, at the end of the output. */
  end(): string {
    const rest = this.#pending;
    this.#pending = '';
    return this.#take(rest);
  }

  /** The number of characters of output before a mark. Undefined: the terminal did not show it. */
  placeOf(mark: string): number | undefined {
    return this.#places.get(mark);
  }

  #take(text: string): string {
    let [clean, from] = ['', 0];
    for (const found of text.matchAll(marks)) {
      clean += text.slice(from, found.index);
      from = found.index + found[0].length;
      if (this.#places.size < mostMarks)
        this.#places.set(this.#nameOf(found[1] ?? ''), this.#characters + clean.length);
    }
    clean += text.slice(from);
    this.#characters += clean.length;
    return clean;
  }
}
