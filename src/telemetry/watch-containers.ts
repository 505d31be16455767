import { setTimeout as delay } from 'node:timers/promises';

import type { ContainersSeen, EventBody } from '../history/events.ts';
import { reasonOf } from '../kernel/reason-of.ts';

interface ContainerSource {
  containers(): Promise<ContainersSeen['containers']>;
  watchEvents(
    onEvent: (event: {
      readonly service: string;
      readonly name: string;
      readonly action: string;
      readonly exitCode?: number;
    }) => void,
    signal: AbortSignal,
  ): Promise<void>;
}

const relevant: ReadonlySet<string> = new Set([
  'create',
  'start',
  'restart',
  'kill',
  'die',
  'oom',
  'stop',
  'pause',
  'unpause',
  'destroy',
  'health_status',
]);

export interface ContainerWatch {
  /** Records the state of all containers now, even if it has not changed. */
  record(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Records engine events as they come, and the state of all containers whenever it has changed. It looks after each
 * event, and every `everyMs` real ms in case an event was missed. A look costs the engine about ten requests.
 */
export function watchContainers(
  source: ContainerSource,
  emit: (event: EventBody) => void,
  everyMs = 1000,
): ContainerWatch {
  const stopped = new AbortController();
  let last = '';
  let looking = Promise.resolve();
  let waiting = 0;
  const look = (always = false): Promise<void> => {
    // A look that has not begun yet will see what this one would.
    if (waiting > 0 && !always) return looking;
    waiting += 1;
    return (looking = looking.then(() => {
      waiting -= 1;
      return lookOnce(always);
    }));
  };
  const lookOnce = async (always: boolean): Promise<void> => {
    try {
      const containers = await source.containers();
      const text = JSON.stringify(containers);
      if (always || text !== last) emit({ type: 'containers', containers });
      last = text;
    } catch (error) {
      const text = `the engine did not list the containers: ${reasonOf(error)}`;
      if (text !== last) emit({ type: 'note', message: text });
      last = text;
    }
  };
  const events = source
    .watchEvents((event) => {
      if (relevant.has(event.action)) emit({ type: 'container', ...event });
      if (relevant.has(event.action) || event.action === 'update') void look();
    }, stopped.signal)
    .catch((error: unknown) => emit({ type: 'note', message: `engine events cannot be read: ${String(error)}` }));
  const loop = (async () => {
    while (!stopped.signal.aborted) {
      await look();
      await delay(everyMs, undefined, { signal: stopped.signal }).catch(() => undefined);
    }
    await look();
  })();
  return {
    record: () => look(true),
    async stop() {
      stopped.abort();
      await loop;
      await events;
      await looking;
    },
  };
}
