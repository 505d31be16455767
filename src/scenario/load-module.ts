import { readFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import type { z } from 'zod';

import { InputError, type Location } from '../kernel/errors.ts';

/** Imports a user's TypeScript file and returns what its default export parses to. */
export async function loadModule<T>(
  file: string,
  what: string,
  parse: (input: unknown) => z.ZodSafeParseResult<T>,
): Promise<T> {
  const source = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new InputError(`cannot read the ${what}`, {
      code: 'INPUT_UNREADABLE',
      location: { file, line: 1 },
      next: `make sure that the file exists and is readable`,
      cause,
    });
  });
  const module = (await import(pathToFileURL(file).href).catch((cause: unknown) => {
    throw new InputError(
      `the ${what} cannot be loaded: ${cause instanceof Error ? cause.message.split('\n')[0] : String(cause)}`,
      {
        code: 'INPUT_NOT_LOADABLE',
        location: { file, line: lineOf(cause, file) },
        next: `correct the file; node ${file} shows the whole error`,
        cause,
      },
    );
  })) as { default?: unknown };
  if (module.default === undefined) {
    throw new InputError(`the ${what} has no default export`, {
      code: 'INPUT_NO_EXPORT',
      location: { file, line: 1 },
      next: `write "export default define${what === 'configuration' ? 'Config' : 'Scenario'}({ ... })"`,
    });
  }
  const result = parse(module.default);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const path = issue?.path ?? [];
  throw new InputError(`${path.length > 0 ? path.join('.') : what}: ${issue?.message ?? 'is not valid'}`, {
    code: 'INPUT_INVALID',
    location: locate(file, source, path),
    next: 'correct the value',
  });
}

/** The line where the path's last key that can be found in the text stands. */
function locate(file: string, source: string, path: readonly PropertyKey[]): Location {
  const lines = source.split('\n');
  let from = 0;
  for (const key of path) {
    if (typeof key !== 'string') continue;
    const at = lines.findIndex(
      (line, index) => index >= from && new RegExp(`(^|[\\s{,'"])${RegExp.escape(key)}['"]?\\s*[:(,]`).test(line),
    );
    if (at >= 0) from = at;
  }
  return { file, line: from + 1 };
}

function lineOf(error: unknown, file: string): number {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  const match = new RegExp(`${RegExp.escape(file)}:(\\d+)`).exec(stack);
  return match?.[1] ? Number(match[1]) : 1;
}
