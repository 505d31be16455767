import { exitCode } from '../kernel/errors.ts';

/** How a pipe or a terminal says that whoever read it is gone. */
const gone: ReadonlySet<string | undefined> = new Set(['EPIPE', 'EIO', 'ECONNRESET', 'ERR_STREAM_DESTROYED']);

/**
 * Lets the command finish when its output can't be written any more: what it started must be taken down, and its report
 * is a file. When nobody reads it any more (`drillbook verify | head -1`, a closed terminal), its exit code stays that of
 * the verdict; when the disk it goes to is full, a success becomes 70. A terminal that is closed also sends SIGHUP, which
 * is an interrupt.
 */
export function outliveReader(): void {
  let failed = false;
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => (failed ||= !gone.has(error.code)));
  }
  process.once('exit', () => {
    if (failed) process.exitCode ||= exitCode.broken;
  });
}
