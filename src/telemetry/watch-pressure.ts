import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

import type { EventBody } from '../history/events.ts';

/** Linux reports here how long processes have waited for a CPU. Other systems have no such file. */
const pressureFile = '/proc/pressure/cpu';

export interface PressureWatch {
  stop(): Promise<void>;
}

/**
 * Records every `everyMs` real ms how long processes of this machine have waited for a CPU. If the machine was too
 * busy, a slow recovery says nothing about the runbook. Source: the kernel's pressure stall information
 * (https://docs.kernel.org/accounting/psi.html). Records nothing on systems without it.
 */
export function watchPressure(
  emit: (event: EventBody) => void,
  { file = pressureFile, everyMs = 1000 } = {},
): PressureWatch {
  const stopped = new AbortController();
  const look = async (): Promise<boolean> => {
    const waitedMs = parsePressure(await readFile(file, 'utf8').catch(() => ''));
    if (waitedMs === undefined) return false;
    emit({ type: 'pressure', waitedMs });
    return true;
  };
  const loop = (async () => {
    while (!stopped.signal.aborted && (await look())) {
      await delay(everyMs, undefined, { signal: stopped.signal }).catch(() => undefined);
    }
  })();
  return {
    stop: async () => {
      stopped.abort();
      await loop;
      // The last look may have read the file before the end.
      await look();
    },
  };
}

/** How long at least one process has waited for a CPU since the machine started, ms. */
function parsePressure(text: string): number | undefined {
  const total = /^some .*\btotal=(\d+)$/m.exec(text)?.[1];
  return total === undefined ? undefined : Math.round(Number(total) / 1000);
}
