/** The questions of the runbook's decision tree (2.2), as its health check answers them: each a pattern for `shows`. */

export const nothingIsPaused = { pattern: /^(?![\s\S]*PAUSED)/, means: 'that no queue is paused' };

/** The check counts them, or lists the keys of the queues that have some. */
export function jobsFail(queue: string) {
  return {
    pattern: new RegExp(`failed=[1-9]|${queue.replaceAll('.', String.raw`\.`)}:failed`),
    means: 'that jobs fail',
  };
}
