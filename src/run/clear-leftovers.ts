import path from 'node:path';

import { formatError } from '../kernel/errors.ts';
import type { connectEngine } from '../sandbox/engine.ts';
import { sweep } from '../sandbox/sweep.ts';
import { finishDeadRuns } from './finish-dead-runs.ts';

type Engine = Awaited<ReturnType<typeof connectEngine>>;

export interface Cleared {
  /** What was cleared, a sentence each. */
  readonly done: readonly string[];
  /** What could not be cleared, and why, a sentence each. */
  readonly stuck: readonly string[];
}

/** Clears everything that dead runs of this project left, in the engine and on disk; with `kept` also what was left up on purpose. */
export async function clearLeftovers(
  engine: Engine,
  projectDir: string,
  options: { readonly kept: boolean },
): Promise<Cleared> {
  const { cleared, stuck } = await sweep(engine, projectDir, options);
  const runs = await finishDeadRuns(projectDir);
  const words = {
    judged: 'died and is judged now',
    removed: 'died before anything was recorded; its folder is removed',
    unreadable: 'died, and its history cannot be judged',
  };
  return {
    done: [
      ...cleared.map((id) => `removed the sandbox ${id}`),
      ...runs.map(({ directory, outcome }) => `the run ${path.basename(directory)} ${words[outcome]}`),
    ],
    stuck: stuck.map(({ id, reason }) => `the sandbox ${id} could not be removed: ${formatError(reason)}`),
  };
}
