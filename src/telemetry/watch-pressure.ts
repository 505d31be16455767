import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

import type { EventBody } from '../history/events.ts';

/** Where Linux tells how long processes had to wait for a CPU; elsewhere there is no such file. */
const pressureFile = '/proc/pressure/cpu';

export interface PressureWatch {
  stop(): Promise<void>;
}

/**
 * Writes how long processes of this machine have had to wait for a CPU, every `everyMs` real ms: what is too slow on a machine
 * that is too busy says nothing about a runbook. Source: the kernel's pressure stall information
 * (https://docs.kernel.org/accounting/psi.html). Where there is none, nothing is written.
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
      // A look that was under way may have read before the end.
      await look();
    },
  };
}

/** For how long at least one process has waited for a CPU since the machine started, ms. */
function parsePressure(text: string): number | undefined {
  const total = /^some .*\btotal=(\d+)$/m.exec(text)?.[1];
  return total === undefined ? undefined : Math.round(Number(total) / 1000);
}
