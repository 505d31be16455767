import { readFile } from 'node:fs/promises';
import type { z } from 'zod';

import { InputError } from '../kernel/errors.ts';
import { oneLine } from '../kernel/plain-text.ts';
import type { Runbook } from '../runbook/runbook.ts';

/**
 * Reads a JSON file and checks its shape.
 * @param next what the user should do if the file is not usable
 * @throws InputError `RECORD_INVALID` if the file is not readable or has another shape
 */
export async function readJson<T>(
  file: string,
  shape: z.ZodType<T>,
  next = 'correct the file or remove it',
): Promise<T> {
  try {
    return shape.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (cause) {
    throw new InputError(`cannot be read: ${oneLine(cause instanceof Error ? cause.message : String(cause), 200)}`, {
      code: 'RECORD_INVALID',
      location: { file, line: 1 },
      next,
      cause,
    });
  }
}

/**
 * Reads the record of an earlier run to continue it.
 * @throws InputError `RECORD_OTHER_RUNBOOK` if that run read another runbook
 */
export async function readRecord<T extends { readonly sha256: string }>(
  file: string,
  shape: z.ZodType<T>,
  runbook: Runbook,
): Promise<T> {
  const record = await readJson(file, shape);
  if (record.sha256 === runbook.sha256) return record;
  throw new InputError('the runbook has changed since that run', {
    code: 'RECORD_OTHER_RUNBOOK',
    location: { file, line: 1 },
    next: 'start a new run, without --resume',
  });
}
