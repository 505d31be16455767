import { plainText } from '../../kernel/plain-text.ts';

/** What a terminal showed in a stretch of time, as the player of the page gets it. */
export interface Recording {
  readonly cols: number;
  readonly rows: number;
  /** When something was recorded, real ms since the run's start. The player skips what lies between. */
  readonly parts: readonly { readonly from: number; readonly to: number; readonly name: string }[];
  /** The lines of an asciicast v2 file: header and events. Their times are seconds since the panel's `from`. */
  readonly lines: readonly [head: CastHead, ...events: readonly CastEvent[]];
}

interface CastHead {
  readonly version: 2;
  readonly width: number;
  readonly height: number;
}

/** One asciicast v2 file and when it was started, real ms since the run's start. */
export interface CastPart {
  readonly name: string;
  readonly from: number;
  /** Undefined if the file cannot be read. */
  readonly text: string | undefined;
}

type CastEvent = readonly [time: number, kind: string, data: string];

/** Clears the screen, its scroll-back and all colors. */
const reset = '\u001bc';

/**
 * Joins the transcripts of a panel to one, so that it can be played under the panel's cursor.
 * @param from the beginning of the panel, real ms since the run's start
 * @param most how many characters of each transcript are kept, as JSON writes them. The terminal says where the rest
 *   is left out
 */
export function joinCasts(parts: readonly CastPart[], from: number, most: number): Recording | undefined {
  const read = parts.flatMap((part) => {
    const cast = part.text === undefined ? undefined : parseCast(part.text);
    return cast ? [{ ...part, cast }] : [];
  });
  if (read.length === 0) return undefined;
  const cols = Math.max(...read.map(({ cast }) => cast.cols));
  const rows = Math.max(...read.map(({ cast }) => usedRows(cast)));
  const events = read.flatMap(({ name, from: partFrom, cast }, index) => {
    const offset = (partFrom - from) / 1000;
    // No transcript reaches into the next one, whose screen is its own.
    const end = ((read[index + 1]?.from ?? Infinity) - from) / 1000;
    const shown = shorten(cast.events, most).map(([time, kind, data]): CastEvent => [
      seconds(Math.min(offset + time, end)),
      kind,
      data,
    ]);
    const head: readonly CastEvent[] = [
      [seconds(offset), 'o', reset],
      [seconds(offset), 'm', plainText(name)],
    ];
    return [...head, ...shown];
  });
  return {
    cols,
    rows,
    parts: read.map(({ name, from: partFrom, cast }) => ({
      name,
      from: partFrom,
      to: partFrom + (cast.events.at(-1)?.[0] ?? 0) * 1000,
    })),
    lines: [{ version: 2, width: cols, height: rows }, ...events],
  };
}

/** Moves that may go anywhere on the screen, or switch to another one. */
const movesCursor = /\u001b\[(?:[\d;]*[ABHJLMTfdr]|\?(?:47|1047|1049)h)|\u001b[78M]/;

/** How many rows of its terminal a transcript fills. All of them if it moves the cursor about. */
function usedRows({ cols, rows, events }: Cast): number {
  const text = events.map(([, , data]) => data).join('');
  if (movesCursor.test(text)) return rows;
  const shown = text.replaceAll(/\r|\u001b\[[\d;?]*[a-zA-Z]/g, '');
  const lines = shown.split('\n').map((line) => Math.max(1, Math.ceil(line.length / cols)));
  return Math.min(
    rows,
    Math.max(
      fewestRows,
      lines.reduce((all, one) => all + one, 0),
    ),
  );
}

/** A terminal with fewer rows looks cut off. */
const fewestRows = 8;

function seconds(time: number): number {
  return Math.round(Math.max(0, time) * 1000) / 1000;
}

interface Cast {
  readonly cols: number;
  readonly rows: number;
  readonly events: readonly CastEvent[];
}

/** A last line that was cut off is left out. Keys that were typed are not shown, because the terminal echoes them. */
function parseCast(text: string): Cast | undefined {
  const [head, ...lines] = text
    .split('\n')
    .filter((line) => line !== '')
    .map(parseLine);
  if (typeof head !== 'object' || head === null || Array.isArray(head)) return undefined;
  const { width, height } = head as { readonly width?: unknown; readonly height?: unknown };
  let last = 0;
  const events = lines.flatMap((line): readonly CastEvent[] => {
    if (!Array.isArray(line)) return [];
    const [time, kind, data] = line as readonly unknown[];
    if (typeof time !== 'number' || kind !== 'o' || typeof data !== 'string') return [];
    last = Math.max(last, time);
    return [[last, kind, disarm(data)]];
  });
  return { cols: sizeOf(width, 80, 400), rows: sizeOf(height, 24, 100), events };
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return undefined;
  }
}

export function sizeOf(value: unknown, otherwise: number, most: number): number {
  return typeof value === 'number' && value >= 1 ? Math.min(Math.floor(value), most) : otherwise;
}

/** Characters that change the writing direction would do so in the page too: a terminal shows them as they are. */
export function disarm(data: string): string {
  return data.replaceAll(/[\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, (character) =>
    plainText(character),
  );
}

function shorten(events: readonly CastEvent[], most: number): readonly CastEvent[] {
  let left = most;
  const kept: CastEvent[] = [];
  for (const [time, kind, data] of events) {
    const size = JSON.stringify(data).length;
    if (size > left) {
      // An escaped character takes up to six, and one of two code units must not be cut in half.
      const cut = data.slice(0, Math.floor(left / (size / data.length))).replace(/[\ud800-\udbff]$/, '');
      return [...kept, [time, kind, `${cut}\u001b[0m\r\n[the page leaves out the rest of this output]\r\n`]];
    }
    left -= size;
    kept.push([time, kind, data]);
  }
  return kept;
}
