import type { Node } from 'web-tree-sitter';

import type { CommandRole } from './runbook.ts';
import type { HereDocument } from './scan-shell.ts';
import type { ShellCommand } from './shell-command.ts';
import { readWords } from './shell-words.ts';

/** The context of a node: how the status of its command is used, and what surrounds it. */
interface NodeContext {
  readonly role: CommandRole;
  readonly negated: boolean;
  readonly pipeline: { readonly index: number; readonly size: number } | undefined;
  readonly inFunction: string | undefined;
  readonly inSubshell: boolean;
  readonly inSubstitution: boolean;
}

/** Deeper nesting would exhaust the stack, and no runbook has it. */
const deepest = 400;

/**
 * Collects every simple command under a syntax tree, in the order of the text.
 * @param code the block's own text; `masked` is the text from which the tree was parsed, of the same length
 */
export function collectCommands(
  root: Node,
  code: string,
  masked: string,
  hereDocuments: readonly HereDocument[],
): readonly ShellCommand[] {
  const walk = new Walk(code, masked, hereDocuments);
  const top: NodeContext = {
    role: 'command',
    negated: false,
    pipeline: undefined,
    inFunction: undefined,
    inSubshell: false,
    inSubstitution: false,
  };
  walk.visit(root, top, 0);
  return walk.commands.sort((one, other) => one.start - other.start);
}

class Walk {
  readonly commands: ShellCommand[] = [];
  readonly #code: string;
  readonly #masked: string;
  readonly #hereDocuments: readonly HereDocument[];

  constructor(code: string, masked: string, hereDocuments: readonly HereDocument[]) {
    this.#code = code;
    this.#masked = masked;
    this.#hereDocuments = hereDocuments;
  }

  visit(node: Node, around: NodeContext, depth: number): void {
    if (depth > deepest) return;
    const inner = depth + 1;
    switch (node.type) {
      case 'command':
      case 'test_command':
      case 'declaration_command':
      case 'unset_command':
      case 'variable_assignment':
      case 'variable_assignments':
        return this.#command(node, node, around, inner);
      case 'compound_statement':
        return this.#isArithmetic(node)
          ? this.#command(node, node, around, inner)
          : this.#statements(node.children, around, inner);
      case 'program':
      case 'do_group':
      case 'ERROR':
        return this.#statements(node.children, around, inner);
      case 'subshell':
        return this.#statements(node.children, { ...around, inSubshell: true, pipeline: undefined }, inner);
      case 'command_substitution':
      case 'process_substitution':
        return this.#statements(
          node.children,
          { ...around, role: 'command', negated: false, inSubstitution: true, pipeline: undefined },
          inner,
        );
      case 'list':
        return this.#list(node, around, inner);
      case 'pipeline':
        return this.#pipeline(node, around, inner);
      case 'negated_command':
        return this.#each(node.namedChildren, { ...around, role: 'condition', negated: true }, inner);
      case 'if_statement':
      case 'elif_clause':
        return this.#branch(node, 'then', around, inner);
      case 'else_clause':
        return this.#statements(node.children, around, inner);
      case 'while_statement':
        return this.#branch(node, 'do_group', around, inner);
      case 'case_item':
        return this.#branch(node, ')', around, inner, 'command');
      case 'function_definition':
        return this.#function(node, around, inner);
      case 'redirected_statement':
        return this.#redirected(node, around, inner);
      default:
        return this.#each(node.namedChildren, { ...around, pipeline: undefined }, inner);
    }
  }

  #each(nodes: readonly Node[], around: NodeContext, depth: number): void {
    for (const node of nodes) this.visit(node, around, depth);
  }

  /** Only the last command decides the status of a sequence. A command before `&` decides nothing. */
  #statements(nodes: readonly Node[], around: NodeContext, depth: number): void {
    const last = nodes.findLast((node) => node.isNamed && node.type !== 'comment');
    const plain: NodeContext = { ...around, role: 'command', negated: false, pipeline: undefined };
    for (const [index, node] of nodes.entries()) {
      if (!node.isNamed) continue;
      if (nodes[index + 1]?.type === '&') this.visit(node, { ...plain, role: 'background' }, depth);
      else this.visit(node, node.id === last?.id ? { ...around, pipeline: undefined } : plain, depth);
    }
  }

  #list(node: Node, around: NodeContext, depth: number): void {
    const [left, right] = node.namedChildren.filter(({ type }) => type !== 'comment');
    if (left) this.visit(left, { ...around, role: 'condition', negated: false, pipeline: undefined }, depth);
    if (right) this.visit(right, { ...around, pipeline: undefined }, depth);
  }

  #pipeline(node: Node, around: NodeContext, depth: number): void {
    const members = membersOf(node);
    // `! a | b` is read as `(! a) | b`, but negates the pipeline.
    const negated = members[0]?.type === 'negated_command';
    const inside: NodeContext = negated ? { ...around, role: 'condition', negated: true } : around;
    for (const [index, member] of members.entries())
      this.visit(member, { ...inside, pipeline: { index, size: members.length } }, depth);
  }

  /** Commands before the word that opens the body are conditions. Those after it inherit their role. */
  #branch(node: Node, opening: string, around: NodeContext, depth: number, before: CommandRole = 'condition'): void {
    const { children } = node;
    const split = children.findIndex(({ type }) => type === opening);
    const head = split === -1 ? children : children.slice(0, split);
    this.#statements(head, { ...around, role: before, negated: false }, depth);
    if (split === -1) return;
    const clauses = children.slice(split).filter(({ type }) => type === 'elif_clause' || type === 'else_clause');
    const body = children.slice(split).filter(({ type }) => type !== 'elif_clause' && type !== 'else_clause');
    this.#statements(body, around, depth);
    this.#each(clauses, { ...around, pipeline: undefined }, depth);
  }

  #function(node: Node, around: NodeContext, depth: number): void {
    const name = node.childForFieldName('name')?.text ?? '';
    const body = node.childForFieldName('body');
    const inside: NodeContext = { ...around, role: 'command', negated: false, pipeline: undefined, inFunction: name };
    if (body) this.visit(body, inside, depth);
  }

  /** The grammar gives the redirections of a pipeline's last command to the whole pipeline. `> file` has no body. */
  #redirected(node: Node, around: NodeContext, depth: number): void {
    const body = node.childForFieldName('body');
    if (!body) return this.#command(node, node, around, depth);
    if (isCommand(body) || this.#isArithmetic(body)) return this.#command(body, node, around, depth);
    const inner = body.type === 'negated_command' ? body.namedChildren[0] : undefined;
    if (inner && isCommand(inner))
      return this.#command(inner, node, { ...around, role: 'condition', negated: true }, depth);
    this.visit(body, around, depth);
    const redirections = node.namedChildren.filter(({ id }) => id !== body.id);
    if (body.type === 'pipeline' || body.type === 'list') this.#extendLast(body, node);
    this.#each(redirections, { ...around, role: 'command', negated: false, pipeline: undefined }, depth);
  }

  #extendLast(body: Node, whole: Node): void {
    const index = this.commands.findLastIndex(
      ({ start, inSubstitution }) => start >= body.startIndex && !inSubstitution,
    );
    const last = this.commands[index];
    if (last && body.endIndex === last.start + last.text.length)
      this.commands[index] = { ...last, ...this.#extent(last.start, whole.endIndex) };
  }

  /** @param whole the command with its redirections */
  #command(node: Node, whole: Node, around: NodeContext, depth: number): void {
    const words = readWords(node);
    const [name] = words;
    this.commands.push({
      ...around,
      ...this.#extent(node.startIndex, whole.endIndex),
      name,
      words,
      kind: this.#kindOf(node, name),
      start: node.startIndex,
    });
    this.#substitutions(whole, around, depth);
  }

  #extent(start: number, end: number): { text: string; end: number } {
    const documents = this.#hereDocuments.filter(({ operator }) => operator >= start && operator < end);
    const firstBody = documents.reduce((least, { bodyStart }) => Math.min(least, bodyStart), end);
    return {
      text: this.#code.slice(start, Math.min(end, firstBody)).trimEnd(),
      end: documents.reduce((most, document) => Math.max(most, document.end), end),
    };
  }

  #substitutions(node: Node, around: NodeContext, depth: number): void {
    if (depth > deepest) return;
    for (const child of node.namedChildren) {
      if (child.type === 'command_substitution' || child.type === 'process_substitution')
        this.visit(child, around, depth + 1);
      else this.#substitutions(child, around, depth + 1);
    }
  }

  #kindOf(node: Node, name: string | undefined): ShellCommand['kind'] {
    switch (node.type) {
      case 'test_command':
        return 'test';
      case 'compound_statement':
        return 'arithmetic';
      case 'variable_assignment':
      case 'variable_assignments':
        return 'assignment';
      case 'declaration_command':
      case 'unset_command':
        return 'declaration';
      default:
        return name === 'test' || name === '[' ? 'test' : 'simple';
    }
  }

  #isArithmetic(node: Node): boolean {
    return node.type === 'compound_statement' && this.#masked.startsWith('((', node.startIndex);
  }
}

function isCommand({ type }: Node): boolean {
  return /^(?:command|test_command|declaration_command|unset_command|variable_assignments?)$/.test(type);
}

function membersOf(node: Node): readonly Node[] {
  return node.namedChildren.flatMap((child) =>
    child.type === 'comment' ? [] : child.type === 'pipeline' ? membersOf(child) : [child],
  );
}
