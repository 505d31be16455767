/**
 * Reads a rule file of Prometheus (`groups:`), a bare list of rules as in a runbook, or a PrometheusRule resource.
 * promtool accepts some files in silence of which it tests nothing; here each of them is an error.
 */
import { readFile, stat } from 'node:fs/promises';

import { defined } from '../kernel/defined.ts';
import { InputError, type Location } from '../kernel/errors.ts';
import { isMissing } from '../kernel/missing-file.ts';
import { reasonOf } from '../kernel/reason-of.ts';
import { lineStarts, rowOf } from '../runbook/fence.ts';
import { readRules } from '../runbook/read-rules.ts';
import type { AlertRule, RecordingRule } from '../runbook/runbook.ts';
import { SourceText } from '../runbook/source-text.ts';
import { checkExprs } from './check-exprs.ts';

export interface RuleFile {
  readonly file: string;
  /** In the order of the file; at least one. */
  readonly alerts: readonly AlertRule[];
  readonly recordings: readonly RecordingRule[];
}

/** Real rule files have a hundredth of it. */
const largestBytes = 1024 * 1024;

/**
 * Reads a rule file. Positions carry the path as given.
 * @throws InputError with the first problem, if the file is missing or has no alert rule, or if Prometheus would refuse
 *   a part of it or silently drop it
 */
export async function readRuleFile(path: string): Promise<RuleFile> {
  return parseRuleFile(await readBytes(path), path);
}

/** @param file name of the file in positions; it is not opened */
export function parseRuleFile(bytes: Uint8Array, file: string): RuleFile {
  const text = decode(bytes, file);
  const source = new SourceText(file, text);
  if (text.trim() === '') throw empty(file, 'is empty');
  const code = source.lines.join('\n');
  const { alerts, recordings, problems } = readRules({ code, locate: locator(source, code) });
  const [problem] = problems.length > 0 ? problems : checkExprs([...alerts, ...recordings]);
  if (problem)
    throw new InputError(problem.message, {
      code: 'RULES_INVALID',
      next: problem.next,
      location: problem.location,
    });
  if (alerts.length === 0) throw empty(file, 'has no alert rule');
  return { file, alerts, recordings };
}

async function readBytes(path: string): Promise<Uint8Array> {
  try {
    const found = await stat(path);
    if (!found.isFile()) throw unreadable(path, found.isDirectory() ? 'is a folder' : 'is not a regular file');
    if (found.size > largestBytes)
      throw unreadable(path, `has ${found.size} bytes; at most ${largestBytes} are read`, { file: path, line: 1 });
    return await readFile(path);
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw unreadable(path, isMissing(error) ? 'does not exist' : `cannot be read: ${reasonOf(error)}`);
  }
}

/** Prometheus takes UTF-8 alone. A byte order mark is no text. */
function decode(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    const [line, column] = firstForeignByte(bytes);
    throw unreadable(file, 'is not UTF-8', { file, line, column });
  }
}

function firstForeignByte(bytes: Uint8Array): readonly [line: number, column: number] {
  const before = new TextDecoder().decode(bytes).split('\uFFFD')[0] ?? '';
  const lines = before.split(/\r\n|\n|\r/);
  return [lines.length, (lines.at(-1) ?? '').length + 1];
}

/** From offsets of the text with `\n` at the end of each line. */
function locator(source: SourceText, code: string): (offset: number, endOffset?: number) => Location {
  const starts = lineStarts(code);
  return (offset, endOffset) => {
    const row = rowOf(starts, offset);
    const endRow = endOffset === undefined ? undefined : rowOf(starts, Math.max(offset, endOffset - 1));
    return source.at(row + 1, offset - (starts[row] ?? 0) + 1, endRow === undefined ? undefined : endRow + 1);
  };
}

function empty(file: string, what: string): InputError {
  return new InputError(`the rule file ${what}, so it would test nothing`, {
    code: 'RULES_EMPTY',
    next: 'name a file with alert rules',
    location: { file, line: 1, column: 1 },
  });
}

function unreadable(path: string, what: string, location?: Location): InputError {
  return new InputError(`the rule file ${path} ${what}`, {
    code: 'RULES_UNREADABLE',
    next: 'name a YAML file with alert rules',
    ...defined({ location }),
  });
}
