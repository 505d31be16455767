import path from 'node:path';

import { formatError } from '../kernel/errors.ts';
import type { Engine } from '../sandbox/engine.ts';
import { sweep } from '../sandbox/sweep.ts';
import { finishDeadRuns } from './finish-dead-runs.ts';

export interface Cleared {
  /** One sentence for each thing that was cleared. */
  readonly done: readonly string[];
  /** One sentence for each thing that could not be cleared, with the reason. */
  readonly stuck: readonly string[];
}

/**
 * Clears everything that dead runs of this project left in the engine and on disk.
 * @param options `kept`: removes kept sandboxes as well
 */
export async function clearLeftovers(
  engine: Engine,
  projectDir: string,
  options: { readonly kept: boolean },
): Promise<Cleared> {
  const { cleared, stuck } = await sweep(engine, projectDir, options);
  const runs = await finishDeadRuns(projectDir);
  const words = {
    judged: 'had died; its reports are written now',
    removed: 'had died before it recorded anything; its folder is removed',
    unreadable: 'had died and left a history that cannot be read; no reports are written',
  };
  return {
    done: [
      ...cleared.map((id) => `removed the sandbox ${id}`),
      ...runs.map(({ directory, outcome }) => `the run ${path.basename(directory)} ${words[outcome]}`),
    ],
    stuck: stuck.map(({ id, reason }) => `the sandbox ${id} could not be removed: ${formatError(reason)}`),
  };
}
