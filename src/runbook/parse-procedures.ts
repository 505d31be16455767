import { InputError } from '../kernel/errors.ts';
import { lineStarts, rowOf, type Fence } from './fence.ts';
import { annotationError, noAnnotation, parseAnnotation } from './parse-annotation.ts';
import type { Block } from './parse-markdown.ts';
import type { PlacedFence } from './parse-sections.ts';
import { parseShell } from './parse-shell.ts';
import type { Annotation, Command, Procedure } from './runbook.ts';
import type { ShellCommand } from './shell-command.ts';
import type { ShellGrammar } from './shell-grammar.ts';
import type { SourceText } from './source-text.ts';

const shellLanguages: readonly string[] = ['bash', 'sh', 'shell'];

/**
 * Turns shell fences into procedures.
 * @throws InputError for an empty block, a malformed annotation, or an id that exists twice
 */
export function parseProcedures(
  fences: readonly PlacedFence[],
  source: SourceText,
  grammar: ShellGrammar,
): readonly Procedure[] {
  const ordinals = new Map<string, number>();
  const procedures: Procedure[] = [];
  for (const placed of fences) {
    if (!shellLanguages.includes(placed.fence.language)) continue;
    const path = [...placed.section.path, ...(placed.part ? [placed.part.label ?? placed.part.text] : [])];
    const group = [...path, placed.fence.language].join(' > ');
    const ordinal = (ordinals.get(group) ?? 0) + 1;
    ordinals.set(group, ordinal);
    const procedure = readProcedure(placed, `${group}[${ordinal}]`, ordinal, source, grammar);
    refuseTwin(procedure, procedures);
    procedures.push(procedure);
  }
  return procedures;
}

function readProcedure(
  placed: PlacedFence,
  address: string,
  ordinal: number,
  source: SourceText,
  grammar: ShellGrammar,
): Procedure {
  const { fence, section, part, comment } = placed;
  if (fence.code.trim() === '') {
    throw new InputError('the shell block is empty', {
      code: 'RUNBOOK_PROCEDURE_EMPTY',
      next: 'write the command or remove the block',
      location: source.at(fence.line, 1),
    });
  }
  const annotation: Annotation = (comment && parseAnnotation(comment, source)) ?? noAnnotation;
  const script = parseShell(fence.code, grammar);
  const starts = lineStarts(fence.code);
  return {
    address,
    section,
    label: part?.label,
    labelText: part?.text,
    language: fence.language,
    ordinal,
    code: fence.code,
    location: fence.locate(0, fence.code.length),
    fenceLine: fence.line,
    annotation,
    commands: script.commands.map((command) => placeCommand(command, fence, starts)),
    placeholders: script.placeholders,
    parameters: script.parameters,
    syntaxError: script.syntaxError && {
      message: script.syntaxError.message,
      location: fence.locate(script.syntaxError.offset),
    },
  };
}

function placeCommand({ start, end, ...command }: ShellCommand, fence: Fence, starts: readonly number[]): Command {
  return {
    ...command,
    location: fence.locate(start, end),
    lineInBlock: rowOf(starts, start) + 1,
    endLineInBlock: rowOf(starts, Math.max(start, end - 1)) + 1,
  };
}

function refuseTwin(procedure: Procedure, others: readonly Procedure[]): void {
  const { id } = procedure.annotation;
  const twin = id === undefined ? undefined : others.find(({ annotation }) => annotation.id === id);
  if (!twin) return;
  throw new InputError(`the block at line ${twin.fenceLine} already has the id \`${id}\``, {
    code: 'RUNBOOK_ID_DUPLICATE',
    next: 'give each block its own id',
    location: { file: procedure.location.file, line: procedure.fenceLine },
  });
}

/**
 * Refuses annotations that have no effect.
 * @throws InputError for an annotation that no shell block follows immediately
 */
export function refuseStrayAnnotations(blocks: readonly Block[], source: SourceText): void {
  for (const block of blocks) {
    if (block.kind !== 'comment' || !parseAnnotation(block, source)) continue;
    if (block.above && shellLanguages.includes(block.above.language)) continue;
    throw annotationError(
      'it is not above a shell block',
      source.at(block.line, block.column),
      'put it directly above the fence of its block',
    );
  }
}
