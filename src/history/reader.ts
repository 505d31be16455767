/**
 * Reads a `history.jsonl` from disk: bytes → lines → checked events. It holds one line at a time, so a history of any
 * length fits into memory. `history-version.ts` has the rule for histories of other versions.
 */
import { createReadStream } from 'node:fs';

import { InputError, type Location } from '../kernel/errors.ts';
import { reasonOf } from '../kernel/reason-of.ts';
import type { HistoryEvent } from './events.ts';
import { parseEvent, type Refusal } from './parse-event.ts';

export interface HistoryReader extends AsyncIterable<HistoryEvent> {
  readonly file: string;
  /** Known once the events were read: the last line, if the writer died while it wrote it. It is left out. */
  readonly truncated: { readonly file: string; readonly line: number } | undefined;
}

/** Longer than any line a run writes. A file with a longer one is something else. */
const maxLineBytes = 256 * 1024 * 1024;

/**
 * Streams a history, holding one line at a time. A last line that was cut off is left out and reported in `truncated`.
 * @throws InputError with file and line:
 *   `HISTORY_LINE` for a line that is no event, `HISTORY_GAP` for a missing event,
 *   `HISTORY_VERSION` for a format version and `HISTORY_KIND` for a kind of event that this Drillbook does not know
 */
export function readHistory(path: string): HistoryReader {
  let truncated: HistoryReader['truncated'];
  return {
    file: path,
    get truncated() {
      return truncated;
    },
    async *[Symbol.asyncIterator]() {
      truncated = undefined;
      let expected = 0;
      let recordedBy: string | undefined;
      for await (const { text, line, whole } of linesOf(path)) {
        const location = { file: path, line };
        const parsed = parseEvent(text);
        if ('problem' in parsed) {
          if (whole || parsed.unknown) throw refusalError(parsed, location, recordedBy);
          truncated = location;
          return;
        }
        const { event } = parsed;
        if (event.seq !== expected) {
          const message = `event ${event.seq} stands where event ${expected} should; some events are missing`;
          throw new InputError(message, { code: 'HISTORY_GAP', location });
        }
        if (event.type === 'run.started') recordedBy = event.drillbook;
        expected += 1;
        yield event;
      }
    },
  };
}

function refusalError({ problem, unknown }: Refusal, location: Location, recordedBy: string | undefined): InputError {
  if (unknown === 'version') {
    const next = 'judge the run with the Drillbook that recorded it, or a newer one';
    return new InputError(problem, { code: 'HISTORY_VERSION', location, next });
  }
  const message = `not a history event: ${problem}`;
  if (unknown === undefined) return new InputError(message, { code: 'HISTORY_LINE', location });
  const recorder =
    recordedBy === undefined ? 'the version that recorded it' : `version ${recordedBy}, which recorded it`;
  const next = `judge the run with Drillbook ${recorder}, or a newer one`;
  return new InputError(message, { code: 'HISTORY_KIND', location, next });
}

interface Line {
  readonly text: string;
  readonly line: number;
  /** It ends with a line feed: the writer was alive when it was complete. */
  readonly whole: boolean;
}

/** Splits at line feeds alone. `node:readline` also splits at U+2028, which a JSON string may contain. */
async function* linesOf(path: string): AsyncGenerator<Line> {
  let pieces: Buffer[] = [];
  let pending = 0;
  let line = 1;
  for await (const chunk of openStream(path)) {
    let from = 0;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, from)) {
      yield { text: Buffer.concat([...pieces, chunk.subarray(from, end)]).toString('utf8'), line, whole: true };
      pieces = [];
      pending = 0;
      from = end + 1;
      line += 1;
    }
    if (from < chunk.length) {
      pieces.push(chunk.subarray(from));
      pending += chunk.length - from;
    }
    if (pending > maxLineBytes) {
      throw new InputError('the line is too long for a history event', {
        code: 'HISTORY_LINE',
        location: { file: path, line },
      });
    }
  }
  if (pieces.length > 0) yield { text: Buffer.concat(pieces).toString('utf8'), line, whole: false };
}

async function* openStream(path: string): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of createReadStream(path)) yield chunk as Buffer;
  } catch (error) {
    const next = 'name a run folder that holds a history.jsonl';
    throw new InputError(`the history ${path} cannot be read: ${reasonOf(error)}`, {
      code: 'HISTORY_READ',
      cause: error,
      next,
    });
  }
}
