import { createHash } from 'node:crypto';

import type { RunbookFacts } from '../history/events.ts';
import { createLabelReader } from './canonical-label.ts';
import { decodeText } from './decode-text.ts';
import { findDeclaredVersions, findRunbookVersion } from './declared-versions.ts';
import { blankFrontMatter } from './front-matter.ts';
import { parseAlertRules } from './parse-alert-rules.ts';
import { parseCard } from './parse-card.ts';
import { parseMarkdown } from './parse-markdown.ts';
import { parseProcedures, refuseStrayAnnotations } from './parse-procedures.ts';
import { parseSections } from './parse-sections.ts';
import { parseThresholds } from './parse-thresholds.ts';
import type { Runbook } from './runbook.ts';
import { loadShellGrammar } from './shell-grammar.ts';
import { SourceText } from './source-text.ts';

export interface ParseOptions {
  /** Further words for the labels of a section's parts, by canonical English name: `{ Solution: ['Lösung'] }`. */
  readonly labels?: Readonly<Record<string, readonly string[]>>;
}

/**
 * Reads a Markdown runbook. Bytes are preferred to a string, for only they show what encoding the file has.
 * @param file the name that positions carry; nothing is read from it
 * @throws InputError with a code `RUNBOOK_…` and the position, for what cannot be a runbook
 */
export async function parseRunbook(
  content: string | Uint8Array,
  file: string,
  options: ParseOptions = {},
): Promise<Runbook> {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  const { text, repairs } = decodeText(bytes, file);
  const whole = new SourceText(file, text);
  const front = blankFrontMatter(text);
  const source = new SourceText(file, front.text);
  const grammar = await loadShellGrammar();
  const blocks = parseMarkdown(source);
  refuseStrayAnnotations(blocks, source);
  const outline = parseSections(blocks, source, createLabelReader(options.labels));
  const runbook: Omit<Runbook, 'facts'> = {
    file,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    title: front.title ?? outline.title,
    version: findRunbookVersion(whole.lines),
    declaredVersions: findDeclaredVersions(text),
    sections: outline.sections,
    procedures: parseProcedures(outline.fences, source, grammar),
    thresholds: parseThresholds(
      blocks.filter((block) => block.kind === 'table'),
      source,
    ),
    alertRules: parseAlertRules(outline.fences.map(({ fence }) => fence)),
    cardCommands: parseCard(outline.fences),
    repairs,
  };
  return { ...runbook, facts: () => factsOf(runbook) };
}

function factsOf(runbook: Omit<Runbook, 'facts'>): RunbookFacts {
  const { file, sha256, title, version, declaredVersions, thresholds, repairs } = runbook;
  const sections = runbook.sections.map((section) => ({
    number: section.number,
    title: section.title,
    line: section.line,
    endLine: section.endLine,
    procedures: runbook.procedures.filter((procedure) => procedure.section === section).map(({ address }) => address),
  }));
  return { file, sha256, title, version, declaredVersions, sections, thresholds, repairs };
}
