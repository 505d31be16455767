/** Imports a TypeScript file of the user and turns every mistake in it into an error with its key and line. */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { pathToFileURL } from 'node:url';
import { inspect } from 'node:util';
import type { z } from 'zod';

import { InputError, type Location } from '../kernel/errors.ts';
import { reasonOf } from '../kernel/reason-of.ts';
import { locateKey } from './locate-key.ts';

export interface LoadedModule<T> {
  readonly value: T;
  /** Finds the line of the value at this path in the file's text (see `locateKey`). */
  readonly locate: (path: readonly PropertyKey[]) => Location;
}

type Parse<T> = (input: unknown) => z.ZodSafeParseResult<T>;

/**
 * Imports a user's TypeScript file and returns what its default export parses to.
 * @throws InputError `INPUT_…` with the path of the key and the line
 */
export async function loadModule<T>(file: string, what: 'configuration' | 'scenario', parse: Parse<T>): Promise<T> {
  const { value } = await loadLocatedModule(file, what, parse);
  return value;
}

/** The same, with the lines of its values: for checks that need more than the file itself. */
export async function loadLocatedModule<T>(
  file: string,
  what: 'configuration' | 'scenario',
  parse: Parse<T>,
): Promise<LoadedModule<T>> {
  const source = await readSource(file, what);
  return readModule(await importDefault(file, what), source, file, what, parse);
}

/** Checks what a module exports. `source` is the module's text, in which the lines are looked up. */
export function readModule<T>(
  input: unknown,
  source: string,
  file: string,
  what: 'configuration' | 'scenario',
  parse: Parse<T>,
): LoadedModule<T> {
  const locate = (path: readonly PropertyKey[]): Location => ({ file, line: locateKey(source, path) });
  const result = parse(input);
  if (result.success) return { value: result.data, locate };
  throw invalid(result.error.issues, input, what, locate);
}

async function readSource(file: string, what: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new InputError(`cannot read the ${what} (${(cause as NodeJS.ErrnoException).code ?? String(cause)})`, {
      code: 'INPUT_UNREADABLE',
      location: { file, line: 1 },
      next: 'make sure that the file exists and is readable',
      cause,
    });
  }
}

async function importDefault(file: string, what: 'configuration' | 'scenario'): Promise<unknown> {
  const module = (await import(pathToFileURL(file).href).catch((cause: unknown) => {
    const reason = reasonOf(cause).trim().split('\n')[0];
    throw new InputError(`the ${what} cannot be loaded: ${reason}`, {
      code: 'INPUT_NOT_LOADABLE',
      location: { file, line: lineOf(cause, file) },
      next: `correct the file; node ${file} shows the whole error`,
      cause,
    });
  })) as { default?: unknown };
  if (module.default !== undefined) return module.default;
  throw new InputError(`the ${what} has no default export`, {
    code: 'INPUT_NO_EXPORT',
    location: { file, line: 1 },
    next: `write "export default define${what === 'configuration' ? 'Config' : 'Scenario'}({ ... })"`,
  });
}

function invalid(
  issues: readonly z.core.$ZodIssue[],
  input: unknown,
  what: string,
  locate: LoadedModule<unknown>['locate'],
): InputError {
  const [issue] = issues;
  const unknownKey = issue?.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  const keys = [...(issue?.path ?? []), ...(unknownKey === undefined ? [] : [unknownKey])];
  const message = unknownKey === undefined ? describe(issue, input) : `this key is not known in a ${what}`;
  const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : '';
  return new InputError(`${keys.length > 0 ? keys.map(String).join('.') : what}: ${message}${more}`, {
    code: 'INPUT_INVALID',
    location: locate(keys),
    next: unknownKey === undefined ? 'correct the value' : 'remove it or correct its spelling',
  });
}

/** What was expected and what the file has there. */
function describe(issue: z.core.$ZodIssue | undefined, input: unknown): string {
  if (!issue) return 'is not valid';
  const message = issue.message.replace(/^Invalid input: /, '');
  if (/, (?:received|got) /.test(message)) return message.replace(/, received /, ', got ');
  if (issue.code === 'custom' && !message.startsWith('expected')) return message;
  return `${message}, got ${show(valueAt(input, issue.path))}`;
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  let value = input;
  for (const key of path) value = (value as Record<PropertyKey, unknown> | null | undefined)?.[key];
  return value;
}

/** `inspect` can show what JSON cannot: circles, functions, big integers. */
const inspectOptions = {
  depth: 1,
  breakLength: Infinity,
  compact: true,
  maxArrayLength: 5,
  customInspect: false,
} as const;

function show(value: unknown): string {
  const text = typeof value === 'string' ? JSON.stringify(value) : inspect(value, inspectOptions);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

function lineOf(error: unknown, file: string): number {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  const match = new RegExp(`${RegExp.escape(basename(file))}:(\\d+)`).exec(stack);
  return match?.[1] ? Number(match[1]) : 1;
}
