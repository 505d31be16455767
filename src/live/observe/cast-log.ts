import { disarm, sizeOf } from '../../report/page/recording.ts';

/** What the terminal's widget gets: its size, some output, or another size. */
export type CastPiece = { readonly cols: number; readonly rows: number } | string;

/**
 * The recording of the player's terminal so far, for widgets that only show it. All viewers share it and each has its
 * place in it, so that a slow one needs no memory of its own. A late one gets it from the beginning and so sees the
 * same screen. The recording has at most 8 MB (see `openTranscript`).
 */
export class CastLog {
  readonly pieces: CastPiece[] = [];

  /** One line of an asciicast v2 file. A line that is none is left out. */
  push(line: string): void {
    const value = parse(line);
    if (Array.isArray(value)) {
      const [, kind, data] = value as readonly unknown[];
      if (typeof data !== 'string') return;
      // Keys that were typed are not shown, because the terminal echoes them.
      if (kind === 'o') this.pieces.push(disarm(data));
      const size = kind === 'r' ? /^(\d+)x(\d+)$/.exec(data) : undefined;
      if (size) this.pieces.push(clamp(Number(size[1]), Number(size[2])));
    } else if (typeof value === 'object' && value !== null) {
      const { width, height } = value as { readonly width?: unknown; readonly height?: unknown };
      this.pieces.push(clamp(width, height));
    }
  }

  /** From this place on as much as one message may hold. */
  from(place: number): readonly CastPiece[] {
    let [end, size] = [place, 0];
    while (end < this.pieces.length && size < mostOfMessage) {
      size += typeof this.pieces[end] === 'string' ? (this.pieces[end] as string).length : 1;
      end += 1;
    }
    return this.pieces.slice(place, end);
  }
}

/** Characters. */
const mostOfMessage = 64 * 1024;

function clamp(width: unknown, height: unknown): CastPiece {
  return { cols: sizeOf(width, 80, 400), rows: sizeOf(height, 24, 100) };
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return undefined;
  }
}
