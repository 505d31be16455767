import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { finished } from 'node:stream/promises';

import { monotonicMs } from '../kernel/clock.ts';

/** A terminal session in the making, as an asciicast v2 file; its times are real seconds since it began. */
export interface Transcript {
  output(text: string): void;
  input(text: string): void;
  close(): Promise<void>;
}

/** @see https://docs.asciinema.org/manual/asciicast/v2/ */
export async function openTranscript(
  file: string,
  size: { readonly cols: number; readonly rows: number },
  title: string,
): Promise<Transcript> {
  await mkdir(path.dirname(file), { recursive: true });
  const stream = createWriteStream(file);
  const started = monotonicMs();
  const write = (line: unknown): void => void stream.write(`${JSON.stringify(line)}\n`);
  const event = (kind: 'o' | 'i', text: string): void =>
    write([Math.round((monotonicMs() - started) * 1000) / 1e6, kind, text]);
  write({ version: 2, width: size.cols, height: size.rows, timestamp: Math.round(Date.now() / 1000), title });
  return {
    output: (text) => event('o', text),
    input: (text) => event('i', text),
    async close() {
      stream.end();
      await finished(stream);
    },
  };
}
