import { createContext, runInContext } from 'node:vm';

import { DeadlineError } from './errors.ts';

/** One for all calls: a context takes about a megabyte, and the garbage collector its time to give it back. */
const globals: { run: (() => void) | undefined } = { run: undefined };
const context = createContext(globals);

/**
 * Runs work that never awaits, and ends it by force when it takes longer: a timer cannot, for such work lets none fire.
 * Loops, regular expressions and WebAssembly all heed it. What the work was changing is left half-changed, so
 * nobody may use it any further.
 * @param what what is done, as a noun phrase: it becomes the subject of the error
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
