import type { CastLog, CastPiece } from './cast-log.ts';
import { partNames, type PartName, type Parts } from './render-parts.ts';

/** What a viewer has already. */
export interface Seen {
  readonly version: number;
  readonly castPlace: number;
}

export const nothingSeen: Seen = { version: 0, castPlace: 0 };

export interface News {
  readonly parts: Partial<Parts>;
  readonly cast: readonly CastPiece[];
  readonly seen: Seen;
  /** Nothing will ever come after this. */
  readonly isLast: boolean;
}

/**
 * What the viewers of one role see. It is drawn once for all of them. A viewer asks for what is new since its last
 * message, so that nothing is queued for a slow one.
 */
export class LiveView {
  readonly #cast: CastLog;
  readonly #draw: () => Parts;
  readonly #parts = new Map<PartName, { readonly html: string; readonly version: number }>();
  readonly #waiting = new Set<() => void>();
  #version = 0;
  #isOver = false;
  #viewers = 0;

  constructor(cast: CastLog, draw: () => Parts) {
    this.#cast = cast;
    this.#draw = draw;
  }

  /** How many viewers are connected. */
  get viewers(): number {
    return this.#viewers;
  }

  /** Counts a viewer until it is disposed of. */
  enter(): Disposable {
    this.#viewers += 1;
    return { [Symbol.dispose]: () => void (this.#viewers -= 1) };
  }

  /** Draws again, and wakes the viewers if anything has changed. Without viewers it draws nothing. */
  refresh(): void {
    if (this.#viewers > 0) this.draw();
    this.wake();
  }

  /** The parts as they are now. */
  draw(): Parts {
    const drawn = this.#draw();
    this.#version += 1;
    for (const name of partNames)
      if (this.#parts.get(name)?.html !== drawn[name])
        this.#parts.set(name, { html: drawn[name], version: this.#version });
    return drawn;
  }

  /** The terminal has more, or the view is over. */
  wake(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }

  /** No more news will come. */
  close(): void {
    this.draw();
    this.#isOver = true;
    this.wake();
  }

  news({ version, castPlace }: Seen): News {
    const changed = [...this.#parts].filter(([, part]) => part.version > version);
    const cast = this.#cast.from(castPlace);
    const place = castPlace + cast.length;
    return {
      parts: Object.fromEntries(changed.map(([name, { html }]) => [name, html])),
      cast,
      seen: { version: this.#version, castPlace: place },
      isLast: this.#isOver && place === this.#cast.pieces.length,
    };
  }

  /** Resolves at the next news, or after this time. Whether there was any. */
  async untilNews(withinMs: number): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const onNews = (): void => resolve(true);
    const timer = setTimeout(() => resolve(false), withinMs);
    this.#waiting.add(onNews);
    const isNews = await promise;
    clearTimeout(timer);
    this.#waiting.delete(onNews);
    return isNews;
  }
}
