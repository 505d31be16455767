import { findOpenRuns } from '../run/finish-dead-runs.ts';
import type { Lease } from '../sandbox/lease.ts';

/** How leases name a drill. */
export const drillCommand = 'drill start';

export interface LivingDrill {
  /** Folder of its history. */
  readonly directory: string;
  readonly lease: Lease;
}

/** The drill of this project that is being played now; undefined if there is none. */
export async function findLivingDrill(projectDir: string): Promise<LivingDrill | undefined> {
  const runs = await findOpenRuns(projectDir);
  return runs.flatMap(({ directory, state, lease }) =>
    lease?.command === drillCommand && (state === 'living' || state === 'unknown') ? [{ directory, lease }] : [],
  )[0];
}
