import { exitCode } from '../kernel/errors.ts';

/** Error codes of a stream whose reader (a pipe or a terminal) is gone. */
const readerGone: ReadonlySet<string | undefined> = new Set(['EPIPE', 'EIO', 'ECONNRESET', 'ERR_STREAM_DESTROYED']);

/**
 * Lets the command finish although its output cannot be written: it must still remove what it started.
 * - Reader gone (`drillbook verify | head -1`, a closed terminal): the exit code stays that of the verdict.
 * - Any other failure (the disk is full): a success becomes exit code 70.
 * A closed terminal also sends SIGHUP, which counts as an interrupt.
 */
export function ignoreClosedOutput(): void {
  let failed = false;
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => (failed ||= !readerGone.has(error.code)));
  }
  process.once('exit', () => {
    if (failed) process.exitCode ||= exitCode.broken;
  });
}
