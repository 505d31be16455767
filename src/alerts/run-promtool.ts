/** Starts promtool. Nothing else does. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';

import { defined } from '../kernel/defined.ts';
import { Cleanup } from '../kernel/disposal.ts';
import { DeadlineError, DrillbookError } from '../kernel/errors.ts';
import { reasonOf } from '../kernel/reason-of.ts';

/** The promtool that set-up found. */
export interface Promtool {
  readonly path: string;
  /** `3.5.3` */
  readonly version: string;
}

/** Longer than promtool needs for the largest recording that fits in memory. */
const patienceMs = 300_000;

/**
 * Runs `promtool test rules test.yml` in a folder of its own, which is removed afterwards.
 * @param files the folder's files; one is `test.yml`
 * @param onLine gets each line of what promtool found
 * @throws DrillbookError `PROMTOOL_FAILED` if promtool does not start, crashes or ends unlike a test run
 * @throws DeadlineError, or the reason of the signal
 */
export async function runPromtool(
  promtool: Promtool,
  files: Readonly<Record<string, string>>,
  onLine: (line: string) => void,
  { signal, withinMs = patienceMs }: { readonly signal?: AbortSignal | undefined; readonly withinMs?: number } = {},
): Promise<void> {
  signal?.throwIfAborted();
  await using cleanup = new Cleanup();
  const folder = await mkdtemp(path.join(tmpdir(), 'drillbook-promtool-'));
  cleanup.add("removing promtool's files", 10_000, () => rm(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(folder, name), text);
  const deadline = AbortSignal.timeout(withinMs);
  const child = spawn(promtool.path, ['test', 'rules', 'test.yml'], {
    cwd: folder,
    env: defined({ PATH: process.env['PATH'] }),
    stdio: ['ignore', 'ignore', 'pipe'],
    signal: signal ? AbortSignal.any([signal, deadline]) : deadline,
    killSignal: 'SIGKILL',
  });
  let broken: unknown;
  let last = '';
  child.once('error', (error) => (broken = error));
  createInterface({ input: child.stderr, crlfDelay: Infinity }).on('line', (line) => {
    if (line !== '') last = line;
    onLine(line);
  });
  // Not `once` of node:events, which does not wait for the end of a process that was aborted.
  const ended = Promise.withResolvers<string>();
  child.once('close', (code, killedBy) => ended.resolve(code === null ? String(killedBy) : `code ${code}`));
  const end = await ended.promise;
  signal?.throwIfAborted();
  if (deadline.aborted) throw new DeadlineError('the answer of promtool', withinMs, broken);
  if (broken !== undefined) throw failure(promtool, `does not start: ${reasonOf(broken)}`, broken);
  // Every question is a test that fails, so 1 is the only code of a complete run.
  if (end !== 'code 1') throw failure(promtool, `ended with ${end}${last === '' ? '' : ` after it printed: ${last}`}`);
}

/** An error for what no test run does. */
export function failure(promtool: Promtool, what: string, cause?: unknown): DrillbookError {
  return new DrillbookError(`promtool ${promtool.version} (${promtool.path}) ${what}`, {
    code: 'PROMTOOL_FAILED',
    next: 'run `promtool --version` to see whether it works',
    cause,
  });
}
