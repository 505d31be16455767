/** Patterns for `shows`: the answers of the health check to the decision tree in section 2.2 of the runbook. */

export const nothingIsPaused = { pattern: /^(?![\s\S]*PAUSED)/, means: 'that no queue is paused' };

/** The health check counts failed jobs in total or per queue, or lists the keys of the queues that have some. */
export function jobsFail(queue: string) {
  const key = queue.replaceAll('.', String.raw`\.`);
  return {
    pattern: new RegExp(String.raw`^backlog=.* failed=([1-9]\d*)|failed=[1-9]|${key}:failed`, 'm'),
    means: 'that jobs fail',
    counts: { queues: 'all' as const, states: ['failed' as const] },
  };
}
