/** The files of a run, in its folder. */
export const historyName = 'history.jsonl';
export const metricsName = 'metrics.jsonl';
