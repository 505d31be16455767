import { finished } from 'node:stream';
import type Docker from 'dockerode';

import { DrillbookError } from '../kernel/errors.ts';

/**
 * Calls back once if the engine goes away: it holds an event stream open on which no event ever comes, and that stream
 * ends with the engine. An engine that hangs keeps the stream open, and shows as missed deadlines.
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
      new DrillbookError('the Docker engine went away during the run', {
        code: 'ENGINE_LOST',
        next: 'start it again: the next run removes what this one could not',
        cause,
      }),
    );
  });
}
