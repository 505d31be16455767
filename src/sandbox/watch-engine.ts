import { finished } from 'node:stream';
import type Docker from 'dockerode';

import { DrillbookError } from '../kernel/errors.ts';

/**
 * Calls back once when the engine goes away: a stream of its events, on which nothing ever comes, breaks off. An engine
 * that hangs keeps the stream; that shows as deadlines missed.
 */
export async function watchEngine(
  docker: Docker,
  onLost: (error: DrillbookError) => void,
  signal: AbortSignal,
): Promise<void> {
  const stream = await docker.getEvents({ filters: { type: ['daemon'], event: ['none'] }, abortSignal: signal });
  finished(stream.resume(), (cause) => {
    if (signal.aborted) return;
    onLost(
      new DrillbookError('the Docker engine went away in the middle of the run', {
        code: 'ENGINE_LOST',
        next: 'start it again: the next run clears what this one could not remove',
        cause,
      }),
    );
  });
}
