/** The files of a run, in its folder. */
export const historyName = 'history.jsonl';
export const metricsName = 'metrics.jsonl';
/** The socket through which a facilitator gives orders to a drill. It is there while the drill lives. */
export const ordersName = 'orders.sock';
