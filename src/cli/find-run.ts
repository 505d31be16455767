import { stat } from 'node:fs/promises';
import path from 'node:path';

import { InputError } from '../kernel/errors.ts';

/**
 * The folder of a recorded run, named by itself or by a file in it.
 * @throws InputError `RUN_UNKNOWN` if there is none
 */
export async function findRun(named: string): Promise<string> {
  const found = await stat(named).catch((cause: unknown) => {
    throw new InputError(`there is no run at ${named}`, {
      code: 'RUN_UNKNOWN',
      next: 'name a folder below reports/',
      cause,
    });
  });
  return found.isDirectory() ? named : path.dirname(named);
}
