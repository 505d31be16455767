import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { finished } from 'node:stream/promises';

import { monotonicMs } from '../kernel/clock.ts';
import { DrillbookError, formatError } from '../kernel/errors.ts';

/** A terminal session in the making, as an asciicast v2 file; its times are real seconds since it began. */
export interface Transcript {
  output(text: string): void;
  input(text: string): void;
  /** Rejects with a DrillbookError (`TRANSCRIPT_WRITE`) when the disk had refused any of it. */
  close(): Promise<void>;
}

/** A block that prints for ever must not fill the disk; bytes of a transcript. */
const largest = 8 * 1024 * 1024;

/**
 * What comes beyond `largest` is left out, and a last line says so.
 * @see https://docs.asciinema.org/manual/asciicast/v2/
 */
export async function openTranscript(
  file: string,
  size: { readonly cols: number; readonly rows: number },
  title: string,
): Promise<Transcript> {
  await mkdir(path.dirname(file), { recursive: true });
  const stream = createWriteStream(file);
  let refused: unknown;
  // Told by `close`: while the block runs nobody could act on it.
  stream.on('error', (error) => (refused ??= error));
  const started = monotonicMs();
  let [written, full] = [0, false];
  const write = (line: unknown): void => {
    const text = `${JSON.stringify(line)}\n`;
    written += text.length;
    stream.write(text);
  };
  const event = (kind: 'o' | 'i', text: string): void => {
    const at = Math.round((monotonicMs() - started) * 1000) / 1e6;
    if (full) return;
    full = written + text.length > largest;
    write([at, kind, full ? '\r\n[drillbook: the rest of the output is not kept]\r\n' : text]);
  };
  write({ version: 2, width: size.cols, height: size.rows, timestamp: Math.round(Date.now() / 1000), title });
  return {
    output: (text) => event('o', text),
    input: (text) => event('i', text),
    async close() {
      stream.end();
      await finished(stream).catch((error: unknown) => (refused ??= error));
      if (refused === undefined) return;
      throw new DrillbookError(`the transcript ${file} cannot be written: ${formatError(refused)}`, {
        code: 'TRANSCRIPT_WRITE',
        cause: refused,
        next: 'see that there is room for the reports, and that they can be written',
      });
    },
  };
}
