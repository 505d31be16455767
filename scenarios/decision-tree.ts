/** The questions of the runbook's decision tree (2.2), as its health check answers them: each a pattern for `shows`. */

export const nothingIsPaused = { pattern: /^(?![\s\S]*PAUSED)/, means: 'that no queue is paused' };

/** The check counts them, all together or queue by queue, or lists the keys of the queues that have some. */
export function jobsFail(queue: string) {
  const key = queue.replaceAll('.', String.raw`\.`);
  return {
    pattern: new RegExp(String.raw`^backlog=.* failed=([1-9]\d*)|failed=[1-9]|${key}:failed`, 'm'),
    means: 'that jobs fail',
    counts: { queues: 'all' as const, states: ['failed' as const] },
  };
}
