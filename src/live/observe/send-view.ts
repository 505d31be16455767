import { nothingSeen, type LiveView } from './live-view.ts';

/** One connection of server-sent events. */
export interface ViewerConnection {
  readonly signal: AbortSignal;
  /** Resolves once the connection has room for more. */
  send(message: { readonly event: string; readonly data: string }): Promise<unknown>;
  /** Breaks the connection off, whatever it still holds. */
  drop(): void;
}

export interface SendLimits {
  /** A viewer that takes nothing for so long is dropped, ms. */
  readonly hungMs: number;
  /** After so long without news a heartbeat shows that the connection lives, ms. */
  readonly heartbeatMs: number;
}

/**
 * Sends a viewer the whole state, then what changes, until the view is over or the viewer is gone. It waits until the
 * viewer has taken one message before it makes the next one.
 */
export async function sendView(view: LiveView, connection: ViewerConnection, limits: SendLimits): Promise<void> {
  using _ = view.enter();
  view.draw();
  let seen = nothingSeen;
  while (!connection.signal.aborted) {
    const { parts, cast, seen: next, isLast } = view.news(seen);
    seen = next;
    const messages = [
      ...(Object.keys(parts).length > 0 ? [{ event: 'parts', data: JSON.stringify(parts) }] : []),
      ...(cast.length > 0 ? [{ event: 'terminal', data: JSON.stringify(cast) }] : []),
      ...(isLast ? [{ event: 'over', data: '' }] : []),
    ];
    for (const message of messages) if (!(await isTaken(message, connection, limits.hungMs))) return;
    if (isLast) return;
    if (cast.length > 0) continue;
    const isNews = await view.untilNews(limits.heartbeatMs);
    if (!isNews && !(await isTaken({ event: 'alive', data: '' }, connection, limits.hungMs))) return;
  }
}

/** Whether the viewer took the message in time. If not, it is dropped. */
async function isTaken(
  message: { readonly event: string; readonly data: string },
  connection: ViewerConnection,
  hungMs: number,
): Promise<boolean> {
  const { promise: late, resolve } = Promise.withResolvers<'late'>();
  const timer = setTimeout(() => resolve('late'), hungMs);
  const gone = (): void => resolve('late');
  connection.signal.addEventListener('abort', gone, { once: true });
  try {
    if ((await Promise.race([connection.send(message), late])) !== 'late') return true;
    connection.drop();
    return false;
  } finally {
    clearTimeout(timer);
    connection.signal.removeEventListener('abort', gone);
  }
}
