/**
 * Reads one block for the operators that change its text: shell commands, the programs for node in it, and offsets.
 * It also says whether a changed block is still valid. It runs nothing.
 */
import { Script } from 'node:vm';

import type { Node } from 'web-tree-sitter';

import { parseShell, type ShellScript } from '../runbook/parse-shell.ts';
import type { Procedure } from '../runbook/runbook.ts';
import { scanShell } from '../runbook/scan-shell.ts';
import type { ShellCommand } from '../runbook/shell-command.ts';
import type { ShellGrammar } from '../runbook/shell-grammar.ts';
import { maskScript } from './mask-script.ts';

/** A program for node. Offsets count from the beginning of the block. */
export interface Program extends Span {
  readonly text: string;
  /** The text with blanks in place of strings, comments and regular expressions. */
  readonly masked: string;
}

export interface ReadBlock {
  readonly procedure: Procedure;
  readonly code: string;
  /** In the order of the text, with offsets. */
  readonly commands: readonly ShellCommand[];
  readonly programs: readonly Program[];
  /** The code with blanks in place of programs and here-documents. */
  readonly shell: string;
  /** `$1`, `${QUEUE:-x}` and the like outside functions. */
  readonly expansions: readonly Span[];
}

interface Span {
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
}

/** Replaces a part of a block. It keeps the number of lines. */
export interface Change extends Span {
  readonly text: string;
}

export function readBlock(procedure: Procedure, grammar: ShellGrammar): ReadBlock {
  const { code } = procedure;
  const { commands } = parseShell(code, grammar);
  const programs = findPrograms(code, commands);
  const bodies = scanShell(code).hereDocuments.map(({ bodyStart, bodyEnd }) => ({ start: bodyStart, end: bodyEnd }));
  const expansions = grammar.withTree(code, ({ rootNode }) => findExpansions(rootNode)) ?? [];
  return { procedure, code, commands, programs, shell: blank(code, [...programs, ...bodies]), expansions };
}

function findExpansions(root: Node): readonly Span[] {
  const functions = root.descendantsOfType('function_definition');
  return root
    .descendantsOfType(['simple_expansion', 'expansion'])
    .filter((node) => !functions.some((one) => one.startIndex <= node.startIndex && node.endIndex <= one.endIndex))
    .map(({ startIndex, endIndex }) => ({ start: startIndex, end: endIndex }));
}

export function applyChange(code: string, { start, end, text }: Change): string {
  return code.slice(0, start) + text + code.slice(end);
}

/** Whether the change keeps the lines, and breaks neither the shell text nor a program that was valid before. */
export function isValidChange(block: ReadBlock, changed: string, grammar: ShellGrammar): boolean {
  if (changed.split('\n').length !== block.code.split('\n').length) return false;
  const before = parseShell(block.code, grammar);
  const after = parseShell(changed, grammar);
  return isNoWorse(before, after) && areProgramsValid(block, findPrograms(changed, after.commands));
}

function isNoWorse(before: ShellScript, after: ShellScript): boolean {
  return after.syntaxError === undefined || before.syntaxError !== undefined;
}

function areProgramsValid({ programs }: ReadBlock, after: readonly Program[]): boolean {
  return !programs.every(({ text }) => compiles(text)) || after.every(({ text }) => compiles(text));
}

/** Whether node can parse a program. A program with an await at its top is a module, and counts as an async body. */
function compiles(program: string): boolean {
  return [program, `(async () => {${program}\n})`].some((text) => {
    try {
      return new Script(text) instanceof Script;
    } catch {
      return false;
    }
  });
}

/** Programs that node gets word for word: in single quotes, or in a here-document that the shell does not expand. */
function findPrograms(code: string, commands: readonly ShellCommand[]): readonly Program[] {
  const documents = scanShell(code).hereDocuments.filter(({ expands, terminated }) => terminated && !expands);
  return commands.flatMap(({ words, start, end }) => {
    const node = words.findIndex((word) => word !== undefined && /^(?:.*\/)?node$/.test(word));
    if (node === -1) return [];
    const flag = words.findIndex((word, index) => index > node && /^(?:-e|-p|-pe|--eval|--print)$/.test(word ?? ''));
    const quoted = flag === -1 ? undefined : words[flag + 1];
    if (quoted !== undefined) {
      const at = code.slice(start, end).indexOf(`'${quoted}'`);
      return at === -1 ? [] : [programAt(code, start + at + 1, start + at + 1 + quoted.length)];
    }
    const document = documents.find(({ operator }) => start <= operator && operator < end);
    return document && words.slice(node + 1).every((word) => word === '-')
      ? [programAt(code, document.bodyStart, document.bodyEnd)]
      : [];
  });
}

function programAt(code: string, start: number, end: number): Program {
  const text = code.slice(start, end);
  return { start, end, text, masked: maskScript(text) };
}

function blank(code: string, spans: readonly Span[]): string {
  return spans.reduce(
    (text, { start, end }) => text.slice(0, start) + text.slice(start, end).replaceAll(/[^\n]/g, ' ') + text.slice(end),
    code,
  );
}
