import { redactedMark, type Redaction } from '../history/redaction.ts';
import { visibleText, type VisibleText } from '../kernel/visible-text.ts';

/** One part of a recording, with its own time. */
export interface CastPart {
  /** Seconds since the start. */
  readonly at: number;
  readonly kind: 'o' | 'i' | 'm' | 'r';
  readonly text: string;
}

type Matching = Pick<Redaction, 'find' | 'text' | 'count'>;

/** Text is held back for so long, so that a match may become whole; seconds. */
const holdS = 1;
/** At most so many characters are held back, and as many are looked at again for a match that began in them. */
const mostHeld = 4096;
/** More than this is not left to the next tick. */
const searchAt = 16_384;

/**
 * Redacts the output of a terminal as it comes, in parts of any size.
 *
 * - Output is held back until it is a second old or 4 kB long. After that only a word that is not yet complete is held.
 * - A match that began in released text is found all the same: what is left of it is still replaced.
 * - Colours, the cursor and the right margin do not hide a match: the search sees what the terminal shows.
 *
 * The parts keep their own times, so that a recording plays as it was.
 */
export class StreamRedactor {
  readonly #redaction: Matching;
  readonly #release: (part: CastPart) => void;
  #parts: CastPart[] = [];
  #held = 0;
  /** The end of what was released, as it was before. */
  #before = '';
  /** A match that began in `before` has its mark. */
  #isMarked = false;

  constructor(redaction: Matching, release: (part: CastPart) => void) {
    this.#redaction = redaction;
    this.#release = release;
  }

  push(part: CastPart): void {
    if (part.kind === 'o') this.#held += part.text.length;
    this.#parts.push(part.kind === 'i' ? { ...part, text: this.#redaction.text(part.text) } : part);
    if (this.#held >= searchAt) this.tick(part.at);
  }

  /** Releases what has been held long enough. @param now seconds since the start */
  tick(now: number): void {
    const [first] = this.#parts;
    if (first) this.#search(now - first.at >= holdS ? 'words' : 'overflow');
  }

  /** Releases all of it. */
  end(): void {
    if (this.#parts.length > 0) this.#search('all');
  }

  #search(what: 'overflow' | 'words' | 'all'): void {
    const held = this.#parts.map(({ kind, text }) => (kind === 'o' ? text : '')).join('');
    const raw = this.#before + held;
    const seen = visibleText(raw);
    const found = this.#redaction.find(seen.text);
    if (!found) this.#redaction.count('leftOut');
    const until = found ? this.#boundary(seen, raw, what) : raw.length;
    if (until <= this.#before.length && !this.#startsWithOther()) return;
    const replaced = new Map<number, string>();
    let isMarked = false;
    for (const { start, end } of found ?? [{ start: 0, end: seen.text.length }]) {
      const rawAt = seen.at.slice(start, end).filter((at) => at >= this.#before.length && at < until);
      for (const at of rawAt) replaced.set(at, '');
      const began = seen.at[start] ?? 0;
      const hasMark = found !== undefined && began < this.#before.length && this.#isMarked;
      const [first] = rawAt;
      if (first !== undefined && !hasMark) replaced.set(first, redactedMark);
      if (first !== undefined && !hasMark && found) this.#redaction.count('replaced');
      if ((first !== undefined || hasMark) && (seen.at[end - 1] ?? 0) >= until - 1) isMarked = true;
    }
    this.#isMarked = isMarked;
    this.#releaseUntil(until, replaced);
    this.#before = raw.slice(Math.max(0, until - mostHeld), until);
  }

  /** Up to where in the raw text nothing can still become part of a match that has not yet begun. */
  #boundary({ text, at }: VisibleText, raw: string, what: 'overflow' | 'words' | 'all'): number {
    if (what === 'all') return raw.length;
    const overflow = at[text.length - mostHeld] ?? 0;
    if (what === 'overflow') return overflow;
    let word = text.length;
    while (word > 0 && !/\s/.test(text.charAt(word - 1))) word -= 1;
    return word === text.length ? raw.length : Math.max(overflow, at[word] ?? 0);
  }

  #startsWithOther(): boolean {
    return this.#parts[0]?.kind !== 'o';
  }

  #releaseUntil(until: number, replaced: ReadonlyMap<number, string>): void {
    let at = this.#before.length;
    while (this.#parts.length > 0) {
      const [part] = this.#parts as [CastPart];
      const size = part.kind === 'o' ? Math.min(part.text.length, until - at) : 0;
      if (part.kind === 'o' && size <= 0 && part.text !== '') return;
      const text = part.kind === 'o' ? replaceIn(part.text.slice(0, size), at, replaced) : part.text;
      if (text !== '') this.#release({ ...part, text });
      at += size;
      this.#held -= size;
      if (part.kind === 'o' && size < part.text.length) {
        this.#parts[0] = { ...part, text: part.text.slice(size) };
        return;
      }
      this.#parts.shift();
    }
  }
}

function replaceIn(text: string, from: number, replaced: ReadonlyMap<number, string>): string {
  if (replaced.size === 0) return text;
  let result = '';
  for (let index = 0; index < text.length; index += 1) result += replaced.get(from + index) ?? text.charAt(index);
  return result;
}
