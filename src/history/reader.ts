import { createReadStream } from 'node:fs';

import { InputError } from '../kernel/errors.ts';
import type { HistoryEvent } from './events.ts';
import { parseEvent } from './parse-event.ts';

export interface HistoryReader extends AsyncIterable<HistoryEvent> {
  readonly file: string;
  /** Known once the events were read: the line that the writer's death cut off, which was left out. */
  readonly truncated: { readonly file: string; readonly line: number } | undefined;
}

/** Longer than any line a run writes; beyond it the file is something else. */
const maxLineBytes = 256 * 1024 * 1024;

/**
 * Streams a `history.jsonl`, holding one line at a time. A last line that was cut off is left out and reported in
 * `truncated`; any other line that is no event, or a hole in the sequence, is an InputError with its file and line.
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
      for await (const { text, line, whole } of linesOf(path)) {
        const location = { file: path, line };
        const parsed = parseEvent(text);
        if ('problem' in parsed) {
          if (!whole) {
            truncated = location;
            return;
          }
          throw new InputError(`not a history event: ${parsed.problem}`, { code: 'HISTORY_LINE', location });
        }
        if (parsed.event.seq !== expected) {
          const message = `event ${parsed.event.seq} stands where ${expected} should; the history is not whole`;
          throw new InputError(message, { code: 'HISTORY_GAP', location });
        }
        expected += 1;
        yield parsed.event;
      }
    },
  };
}

interface Line {
  readonly text: string;
  readonly line: number;
  /** Ended by a line feed: the writer was alive when it was complete. */
  readonly whole: boolean;
}

/** By line feeds alone: a JSON string may well contain U+2028, at which `node:readline` splits. */
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
    const reason = error instanceof Error ? error.message : String(error);
    const next = 'name a run folder that holds a history.jsonl';
    throw new InputError(`the history ${path} cannot be read: ${reason}`, { code: 'HISTORY_READ', cause: error, next });
  }
}
