import { createContext, runInContext } from 'node:vm';

import { DeadlineError } from './errors.ts';

/** One context for all calls, because each takes about a megabyte and is slow to free. */
const globals: { run: (() => void) | undefined } = { run: undefined };
const context = createContext(globals);

/**
 * Runs synchronous work, and stops it if it takes too long. A timer cannot do that, because synchronous work lets no
 * timer
 * fire. Loops, regular expressions and WebAssembly can all be stopped. Do not use the data that the work was changing
 * afterwards: it may be half changed.
 * @param what the work as a noun phrase: the subject of the error
 * @throws DeadlineError
 */
export function withinTime<T>(what: string, withinMs: number, work: () => T): T {
  const outcome: { value?: T } = {};
  const outer = globals.run;
  globals.run = () => void (outcome.value = work());
  try {
    runInContext('run()', context, { timeout: withinMs });
  } catch (error) {
    if ((error as { code?: unknown } | null)?.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT')
      throw new DeadlineError(what, withinMs, error);
    throw error;
  } finally {
    globals.run = outer;
  }
  return outcome.value as T;
}
