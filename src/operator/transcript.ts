import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { finished } from 'node:stream/promises';

import { monotonicMs } from '../kernel/clock.ts';
import { DrillbookError, formatError } from '../kernel/errors.ts';
import type { Redaction } from '../history/redaction.ts';
import { StreamRedactor, type CastPart } from './redact-stream.ts';

/** A recording of a terminal session, as an asciicast v2 file. Its times are real seconds since the start. */
export interface Transcript {
  output(text: string): void;
  input(text: string): void;
  /** A named place to jump to. */
  marker(label: string): void;
  resize(cols: number, rows: number): void;
  /** @throws DrillbookError (`TRANSCRIPT_WRITE`) if a part could not be written */
  close(): Promise<void>;
}

/** The largest transcript, bytes, so that a block cannot fill the disk. */
const largest = 8 * 1024 * 1024;
/** How often redacted output is looked at, real ms. */
const redactEveryMs = 250;

/**
 * Starts a transcript. Output beyond `largest` is left out, and a last line says so.
 * @param redaction what must not be written; what is recorded then comes a second later into the file
 * @see https://docs.asciinema.org/manual/asciicast/v2/
 */
export async function openTranscript(
  file: string,
  size: { readonly cols: number; readonly rows: number },
  title: string,
  redaction?: Redaction,
): Promise<Transcript> {
  await mkdir(path.dirname(file), { recursive: true });
  const stream = createWriteStream(file);
  let refused: unknown;
  // `close` throws it: while the block runs, the caller could not react to it.
  stream.on('error', (error) => (refused ??= error));
  const started = monotonicMs();
  let [written, full] = [0, false];
  const write = (line: unknown): void => {
    const text = `${JSON.stringify(line)}\n`;
    written += text.length;
    stream.write(text);
  };
  const keep = ({ at, kind, text }: CastPart): void => {
    if (full) return;
    full = written + text.length > largest;
    if (full) write([at, 'o', '\r\n[drillbook: the rest of the output is not kept]\r\n']);
    else write([at, kind, text]);
  };
  const now = (): number => Math.round((monotonicMs() - started) * 1000) / 1e6;
  const redactor = redaction && new StreamRedactor(redaction, keep);
  const timer = redactor && setInterval(() => redactor.tick(now()), redactEveryMs).unref();
  const event = (kind: CastPart['kind'], text: string): void => {
    const part = { at: now(), kind, text };
    if (redactor) redactor.push(part);
    else keep(part);
  };
  write({ version: 2, width: size.cols, height: size.rows, timestamp: Math.round(Date.now() / 1000), title });
  return {
    output: (text) => event('o', text),
    input: (text) => event('i', text),
    marker: (label) => event('m', label),
    resize: (cols, rows) => event('r', `${cols}x${rows}`),
    async close() {
      clearInterval(timer);
      redactor?.end();
      stream.end();
      await finished(stream).catch((error: unknown) => (refused ??= error));
      if (refused === undefined) return;
      throw new DrillbookError(`the transcript ${file} cannot be written: ${formatError(refused)}`, {
        code: 'TRANSCRIPT_WRITE',
        cause: refused,
        next: 'make room on the disk of the reports, and check that their folder is writable',
      });
    },
  };
}
