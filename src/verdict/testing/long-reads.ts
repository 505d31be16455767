import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { writeLongHistory } from './long-history.ts';

const run = promisify(execFile);
const script = fileURLToPath(new URL('read-long-history.ts', import.meta.url));

export interface LongRead {
  readonly events?: number;
  readonly checks?: number;
}

/** Writes a history of so many events. A process with a limited heap then reads or judges it. */
export async function readLongHistory(what: 'read' | 'judge', events: number, heapMb: number): Promise<LongRead> {
  const folder = await mkdtemp(path.join(tmpdir(), 'drillbook-long-'));
  try {
    const file = path.join(folder, 'history.jsonl');
    writeLongHistory(file, events);
    const limits = { timeout: 240_000, killSignal: 'SIGKILL' } as const;
    const { stdout } = await run(process.execPath, [`--max-old-space-size=${heapMb}`, script, what, file], limits);
    return JSON.parse(stdout) as LongRead;
  } finally {
    await rm(folder, { recursive: true });
  }
}
