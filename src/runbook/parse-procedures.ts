import type { NotUnderstood } from '../history/events.ts';
import { BlockProblem } from './block-problem.ts';
import { chooseBlock, languageOfUnclosed } from './choose-blocks.ts';
import { lineStarts, rowOf, type Fence } from './fence.ts';
import { noAnnotation, parseAnnotation } from './parse-annotation.ts';
import type { Block, Comment } from './parse-markdown.ts';
import { isCard, noteCard } from './parse-quick-reference.ts';
import type { PlacedFence } from './parse-sections.ts';
import { parseShell } from './parse-shell.ts';
import type { AddressedBlock, Annotation, Command, Procedure, RefusedBlock } from './runbook.ts';
import type { ShellCommand } from './shell-command.ts';
import type { ShellGrammar } from './shell-grammar.ts';
import type { SourceText } from './source-text.ts';

export interface ReadProcedures {
  readonly procedures: readonly Procedure[];
  readonly refused: readonly RefusedBlock[];
  readonly notUnderstood: readonly NotUnderstood[];
}

/** Turns fences with commands into procedures. A block that cannot be read is refused and keeps its address. */
export function parseProcedures(
  fences: readonly PlacedFence[],
  blocks: readonly Block[],
  source: SourceText,
  grammar: ShellGrammar,
): ReadProcedures {
  const reader = new Reader(source, grammar);
  for (const placed of fences) reader.read(placed);
  reader.noteStrayAnnotations(blocks);
  return reader;
}

class Reader implements ReadProcedures {
  readonly procedures: Procedure[] = [];
  readonly refused: RefusedBlock[] = [];
  readonly notUnderstood: NotUnderstood[] = [];
  readonly #source: SourceText;
  readonly #grammar: ShellGrammar;
  readonly #ordinals = new Map<string, number>();
  /** The fences that became a procedure or a refused block. */
  readonly #taken = new Set<Fence>();

  constructor(source: SourceText, grammar: ShellGrammar) {
    this.#source = source;
    this.#grammar = grammar;
  }

  read(placed: PlacedFence): void {
    if (placed.fence.unclosed) return this.#readUnclosed(placed, placed.fence.unclosed.problem);
    if (isCard(placed)) return void this.notUnderstood.push(...noteCard(placed));
    const { commands, notes } = chooseBlock(placed.fence, this.#grammar);
    this.notUnderstood.push(...notes);
    if (!commands) return;
    this.#taken.add(placed.fence);
    const block = this.#address({ ...placed, fence: commands });
    try {
      const procedure = readProcedure(block, commands, placed.comment, this.#source, this.#grammar);
      this.#noteTwin(procedure);
      this.procedures.push(procedure);
    } catch (error) {
      if (!(error instanceof BlockProblem)) throw error;
      this.#refuse(block, placed.comment, error.note);
    }
  }

  #readUnclosed(placed: PlacedFence, problem: string): void {
    this.#taken.add(placed.fence);
    const note = { message: problem, location: this.#source.at(placed.fence.line, 1) };
    const language = languageOfUnclosed(placed.fence);
    if (language === undefined) this.notUnderstood.push(note);
    else this.#refuse(this.#address({ ...placed, fence: { ...placed.fence, language } }), placed.comment, note);
  }

  #refuse(block: AddressedBlock, comment: Comment | undefined, note: NotUnderstood): void {
    const id = /\bid\s*=\s*"?([A-Za-z][\w.-]*)/.exec(comment?.text ?? '')?.[1];
    this.refused.push({ ...block, annotation: { id }, problem: note.message });
    this.notUnderstood.push(note);
  }

  #address({ fence, section, part }: PlacedFence): AddressedBlock {
    const path = [...section.path, ...(part ? [part.label ?? part.text] : [])];
    const group = [...path, fence.language].join(' > ');
    const ordinal = (this.#ordinals.get(group) ?? 0) + 1;
    this.#ordinals.set(group, ordinal);
    return {
      address: `${group}[${ordinal}]`,
      section,
      label: part?.label,
      labelText: part?.text,
      language: fence.language,
      ordinal,
      code: fence.code,
      location: fence.locate(0, fence.code.length),
      fenceLine: fence.line,
      annotation: noAnnotation,
    };
  }

  /** Both blocks stay, and a selector that uses the id matches both. */
  #noteTwin({ annotation: { id }, fenceLine }: Procedure): void {
    const twin = id === undefined ? undefined : this.procedures.find(({ annotation }) => annotation.id === id);
    if (!twin) return;
    const message = `the block at line ${twin.fenceLine} already has the id \`${id}\`, so the id names neither; give each block its own id`;
    this.notUnderstood.push({ message, location: this.#source.at(fenceLine) });
  }

  /** Annotations that have no effect, because no block of commands follows them immediately. */
  noteStrayAnnotations(blocks: readonly Block[]): void {
    for (const block of blocks) {
      if (block.kind !== 'comment' || (block.above && this.#taken.has(block.above))) continue;
      try {
        if (!parseAnnotation(block, this.#source)) continue;
        const message = 'annotation: it is not above a block that is run; put it directly above the fence of its block';
        this.notUnderstood.push({ message, location: this.#source.at(block.line, block.column) });
      } catch (error) {
        if (!(error instanceof BlockProblem)) throw error;
        this.notUnderstood.push(error.note);
      }
    }
  }
}

/** @throws BlockProblem for an empty block and a malformed annotation */
function readProcedure(
  block: AddressedBlock,
  fence: Fence,
  comment: Comment | undefined,
  source: SourceText,
  grammar: ShellGrammar,
): Procedure {
  if (fence.code.trim() === '')
    throw new BlockProblem('the shell block is empty; write the command or remove the block', source.at(fence.line, 1));
  const annotation: Annotation = (comment && parseAnnotation(comment, source)) ?? noAnnotation;
  const script = parseShell(fence.code, grammar);
  const starts = lineStarts(fence.code);
  return {
    ...block,
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
