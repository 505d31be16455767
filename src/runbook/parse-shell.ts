import type { Node } from 'web-tree-sitter';

import { collectCommands } from './collect-commands.ts';
import { readShellTree } from './read-shell-tree.ts';
import { scanShell, type HereDocument, type ShellScan } from './scan-shell.ts';
import type { ShellCommand } from './shell-command.ts';
import type { ShellGrammar } from './shell-grammar.ts';

export interface ShellScript {
  /** In the order of the text. */
  readonly commands: readonly ShellCommand[];
  readonly placeholders: readonly string[];
  readonly parameters: readonly string[];
  readonly syntaxError: { readonly message: string; readonly offset: number } | undefined;
}

/** Parses a shell text into commands, placeholders and parameters. A syntax error is part of the result, not thrown. */
export function parseShell(code: string, grammar: ShellGrammar): ShellScript {
  const scan = scanShell(code);
  const placeholders = findPlaceholders(code, scan);
  if (placeholders.length === 0) return readScript(code, [], scan, grammar);
  const masked = readScript(code, placeholders, scan, grammar);
  if (masked.syntaxError === undefined) return masked;
  // `done <input> output` looks like a placeholder, but the text then parses only without masking.
  const literal = readScript(code, [], scan, grammar);
  return literal.syntaxError === undefined ? literal : masked;
}

interface Placeholder {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** `<queue>`, `<queue name>`, `worker-<name>`; `<in>out` is two redirections. */
export function findPlaceholders(code: string, scan: Pick<ShellScan, 'isPlain'>): readonly Placeholder[] {
  const found: Placeholder[] = [];
  for (const match of code.matchAll(/(?<![<>&])<(\p{L}[\p{L}\p{N}_-]*(?: [\p{L}\p{N}_-]+)*)>(?![>&(])/gu)) {
    const start = match.index;
    const end = start + match[0].length;
    const apart = /^(?:\s|\d|)$/.test(code.slice(Math.max(0, start - 1), start));
    const redirections = apart && /^[\p{L}\p{N}_$"']/u.test(code.slice(end, end + 1));
    if (scan.isPlain(start) && !redirections) found.push({ name: match[1] ?? '', start, end });
  }
  return found;
}

function readScript(
  code: string,
  placeholders: readonly Placeholder[],
  scan: ShellScan,
  grammar: ShellGrammar,
): ShellScript {
  const read = readShellTree(mask(code, placeholders, scan.hereDocuments), grammar, ({ rootNode }, masked) => ({
    commands: collectCommands(rootNode, code, masked, scan.hereDocuments),
    parameters: findParameters(rootNode),
    error: findError(rootNode),
  }));
  const names = [...new Set(placeholders.map(({ name }) => name))];
  if (!read)
    return {
      commands: [],
      placeholders: names,
      parameters: [],
      syntaxError: { message: 'the block could not be parsed as shell', offset: 0 },
    };
  const open = scan.hereDocuments.find(({ terminated }) => !terminated);
  const unclosed = open && {
    message: `the here-document ${code.slice(open.operator, open.operatorEnd)} is not closed`,
    offset: open.operator,
  };
  const commands = [...read.commands, ...commandsOfBodies(code, scan.hereDocuments, grammar)].sort(
    (one, other) => one.start - other.start,
  );
  return { commands, placeholders: names, parameters: read.parameters, syntaxError: unclosed ?? read.error };
}

/** Masks a text without moving anything: here-documents become redirections from a file, placeholders become words. */
function mask(code: string, placeholders: readonly Placeholder[], hereDocuments: readonly HereDocument[]): string {
  const masked = code.split('');
  const put = (start: number, end: number, text: string): void => {
    for (let at = start; at < end; at += 1) masked[at] = text.charAt(at - start);
  };
  for (const { operator, operatorEnd, bodyStart, end } of hereDocuments) {
    put(bodyStart, end, code.slice(bodyStart, end).replace(/[^\n]/g, ' '));
    put(operator, operatorEnd, '< '.padEnd(operatorEnd - operator, 'x'));
  }
  for (const { start, end } of placeholders) put(start, end, '_'.repeat(end - start));
  return masked.join('');
}

/** Commands in `$(…)` in the body of a here-document, which run too. */
function commandsOfBodies(
  code: string,
  hereDocuments: readonly HereDocument[],
  grammar: ShellGrammar,
): readonly ShellCommand[] {
  return hereDocuments
    .filter(({ expands, bodyStart, bodyEnd }) => expands && /\$\(|`/.test(code.slice(bodyStart, bodyEnd)))
    .flatMap(({ bodyStart, bodyEnd }) => {
      // A double-quoted word is expanded in the same way. Quotes in the body have no meaning outside `$(…)`.
      const body = quoteBody(code.slice(bodyStart, bodyEnd));
      const text = `: "${body}"`;
      const shift = bodyStart - ': "'.length;
      const commands = grammar.withTree(text, ({ rootNode }) =>
        collectCommands(rootNode, code.slice(shift, bodyEnd + 1), text, []),
      );
      return (commands ?? [])
        .filter(({ inSubstitution }) => inSubstitution)
        .map((command) => ({ ...command, start: command.start + shift, end: command.end + shift }));
    });
}

function quoteBody(body: string): string {
  let depth = 0;
  let quoted = '';
  for (let at = 0; at < body.length; at += 1) {
    if (body.startsWith('$(', at)) depth += 1;
    else if (body.charAt(at) === ')' && depth > 0) depth -= 1;
    quoted += depth === 0 && body.charAt(at) === '"' ? "'" : body.charAt(at);
  }
  return quoted;
}

/** `$1`, `${1}`, `${1:?}`, but not `${1:-default}` and not the parameters of functions. */
function findParameters(root: Node): readonly string[] {
  const found = new Set<string>();
  for (const node of root.descendantsOfType(['simple_expansion', 'expansion'])) {
    const match = /^\$(?:([1-9])|\{([1-9]\d*)(?:\}|:?\?))/.exec(node.text);
    const name = match?.[1] ?? match?.[2];
    if (name !== undefined && !isInFunction(node)) found.add(name);
  }
  return [...found].sort((one, other) => Number(one) - Number(other));
}

function isInFunction(node: Node): boolean {
  for (let parent = node.parent; parent; parent = parent.parent) if (parent.type === 'function_definition') return true;
  return false;
}

function findError(root: Node): { message: string; offset: number } | undefined {
  if (!root.hasError) return undefined;
  for (let node: Node | undefined = root; node;) {
    if (node.isMissing) return { message: `\`${node.type}\` is missing here`, offset: node.startIndex };
    if (node.isError) return { message: `the shell cannot parse this: ${shorten(node.text)}`, offset: node.startIndex };
    node = node.children.find((child) => child.hasError || child.isError || child.isMissing);
  }
  return { message: 'the shell cannot parse this block', offset: root.startIndex };
}

function shorten(text: string): string {
  const [first = ''] = text.split('\n');
  return first.length > 60 ? `${first.slice(0, 57)}...` : first;
}
