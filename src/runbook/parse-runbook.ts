/**
 * Reads a Markdown runbook, from bytes to a Runbook:
 *
 *     bytes → decode-text (encoding) → front-matter → parse-markdown (blocks)
 *           → parse-sections (sections, parts, fences) ┬ parse-procedures → parse-shell (commands)
 *                                                      ├ parse-quick-reference
 *                                                      └ parse-thresholds, parse-alert-rules
 *
 * Every position is that of the file on disk. A part that cannot be read is noted with its position, and the rest is
 * read. Only a text that is no runbook at all is an InputError. Reading has a limit of size and time.
 */
import { createHash } from 'node:crypto';

import type { RunbookFacts } from '../history/events.ts';
import { DeadlineError, InputError } from '../kernel/errors.ts';
import { withinTime } from '../kernel/within-time.ts';
import { createLabelReader } from './canonical-label.ts';
import { decodeText } from './decode-text.ts';
import { findDeclaredVersions, findRunbookVersion } from './declared-versions.ts';
import { fillPlaceholders } from './fill-placeholders.ts';
import { blankFrontMatter } from './front-matter.ts';
import { parseAlertRules } from './parse-alert-rules.ts';
import { notePlainText } from './note-plain-text.ts';
import { parseCard } from './parse-quick-reference.ts';
import { parseMarkdown } from './parse-markdown.ts';
import { parseProcedures } from './parse-procedures.ts';
import { parseSections } from './parse-sections.ts';
import { parseThresholds } from './parse-thresholds.ts';
import type { Runbook } from './runbook.ts';
import { forgetShellGrammar, loadShellGrammar, type ShellGrammar } from './shell-grammar.ts';
import { sortNotes } from './sort-notes.ts';
import { SourceText } from './source-text.ts';

export interface ParseOptions {
  /** More words for the labels of a section's parts, by canonical English name: `{ Solution: ['Lösung'] }`. */
  readonly labels?: Readonly<Record<string, readonly string[]>>;
  /** Real ms after which reading is given up. */
  readonly withinMs?: number;
}

/** The largest runbook to read, bytes. Large real ones have a tenth of it. */
export const largestBytes = 1024 * 1024;

/** A long runbook takes a tenth of a second. Crafted Markdown can keep any parser busy forever. */
const longestMs = 20_000;

/**
 * Reads a Markdown runbook. Prefer bytes to a string, because only bytes show the encoding of the file.
 * @param file name of the file in positions; it is not opened
 * @throws InputError with a code `RUNBOOK_…` and the position, if the text is not a usable runbook
 */
export async function parseRunbook(
  content: string | Uint8Array,
  file: string,
  options: ParseOptions = {},
): Promise<Runbook> {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  if (bytes.length > largestBytes) throw tooLarge(file, bytes.length);
  const grammar = await loadShellGrammar();
  try {
    return withinTime('reading the runbook', options.withinMs ?? longestMs, () => read(bytes, file, options, grammar));
  } catch (error) {
    if (error instanceof DeadlineError) {
      forgetShellGrammar();
      throw tooMuch(file, 'RUNBOOK_TOO_COMPLEX', 'takes too long to read', error);
    }
    // Both parsers are recursive, so that nested text can exhaust the stack.
    if (error instanceof RangeError && error.message.includes('call stack'))
      throw tooMuch(file, 'RUNBOOK_TOO_COMPLEX', 'is nested too deeply to be read', error);
    throw error;
  }
}

export function tooLarge(file: string, bytes: number): InputError {
  return tooMuch(file, 'RUNBOOK_TOO_LARGE', `has ${bytes} bytes; at most ${largestBytes} are read`);
}

function tooMuch(file: string, code: string, what: string, cause?: unknown): InputError {
  const next = 'shorten it, or remove generated text';
  return new InputError(`the runbook ${what}`, { code, next, location: { file, line: 1 }, cause });
}

function read(bytes: Uint8Array, file: string, options: ParseOptions, grammar: ShellGrammar): Runbook {
  const { text, repairs } = decodeText(bytes, file);
  const whole = new SourceText(file, text);
  const front = blankFrontMatter(text);
  const source = new SourceText(file, front.text);
  const blocks = parseMarkdown(source);
  const outline = parseSections(blocks, source, createLabelReader(options.labels));
  const thresholds = parseThresholds(
    blocks.filter((block) => block.kind === 'table'),
    source,
  );
  const shell = parseProcedures(outline.fences, blocks, source, grammar);
  const rules = parseAlertRules(outline.fences.map(({ fence }) => fence));
  const runbook: Omit<Runbook, 'facts' | 'fill' | 'states'> = {
    file,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    title: front.title ?? outline.title,
    version: findRunbookVersion(whole.lines),
    declaredVersions: findDeclaredVersions(text),
    sections: outline.sections,
    procedures: [...shell.procedures, ...parseCard(outline.fences, grammar)],
    refused: shell.refused,
    thresholds: thresholds.rows,
    alertRules: rules.alerts,
    recordingRules: rules.recordings,
    alertProblems: rules.problems,
    notUnderstood: sortNotes([...thresholds.notUnderstood, ...shell.notUnderstood, ...notePlainText(blocks, source)]),
    repairs,
  };
  return {
    ...runbook,
    facts: () => ({ ...factsOf(runbook), text }),
    states: (pattern) => new RegExp(pattern.source, pattern.flags.replaceAll(/[gy]/g, '')).test(text),
    fill: (procedure, values) => fillPlaceholders(procedure, values, grammar),
  };
}

function factsOf(runbook: Omit<Runbook, 'facts' | 'fill' | 'states'>): RunbookFacts {
  const { file, sha256, title, version, declaredVersions, thresholds, repairs, notUnderstood } = runbook;
  // A block that cannot be read is not covered either: nothing runs it.
  const all = [...runbook.procedures, ...runbook.refused];
  const sections = runbook.sections.map((section) => ({
    number: section.number,
    title: section.title,
    line: section.line,
    endLine: section.endLine,
    procedures: all.filter((block) => block.section === section).map(({ address }) => address),
  }));
  const blocks = all.map(({ address, location }) => ({ address, location }));
  const { alertRules: rules, recordingRules: recordings, alertProblems: problems } = runbook;
  const alerts = { rules, recordings, problems };
  return {
    file,
    sha256,
    title,
    version,
    declaredVersions,
    sections,
    blocks,
    thresholds,
    alerts,
    repairs,
    notUnderstood,
  };
}
