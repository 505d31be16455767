import { parser } from '@prometheus-io/lezer-promql';
import type { SyntaxNode } from '@lezer/common';

/** Characters of an expression, from 0; `to` is exclusive. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export const comparisons = { Gtr: '>', Gte: '>=', Lss: '<', Lte: '<=', Eql: '==', Neq: '!=' } as const;
const arithmetic = { Add: '+', Sub: '-', Mul: '*', Div: '/', Mod: '%', Pow: '^', Atan2: 'atan2' } as const;
const sets = { And: 'and', Or: 'or', Unless: 'unless' } as const;
const operators: Readonly<Record<string, Operator>> = { ...comparisons, ...arithmetic, ...sets };
export type Operator =
  | (typeof comparisons)[keyof typeof comparisons]
  | (typeof arithmetic)[keyof typeof arithmetic]
  | (typeof sets)[keyof typeof sets];

/** A syntax error, with what a reader can do about it. */
export interface SyntaxProblem extends Span {
  readonly message: string;
}

/** One operation with two sides. */
export interface Binary {
  readonly left: SyntaxNode;
  readonly right: SyntaxNode;
  readonly operator: Operator;
  readonly sign: SyntaxNode;
  readonly bool: boolean;
  /** `on(…)` or `ignoring(…)`, with `group_left` or `group_right`. */
  readonly matching: SyntaxNode | undefined;
}

export function parseExpr(expr: string): SyntaxNode {
  return parser.parse(expr).topNode;
}

/** Direct children, without comments. */
export function childrenOf(node: SyntaxNode): readonly SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling)
    if (child.name !== 'LineComment') children.push(child);
  return children;
}

/** The node and all below it, parents first. */
export function* nodesOf(node: SyntaxNode): Generator<SyntaxNode> {
  yield node;
  for (const child of childrenOf(node)) yield* nodesOf(child);
}

/**
 * The expression inside parentheses. The grammar hangs `offset` and `@` of the last operand above the whole operation;
 * Prometheus binds them to that operand alone, and so does this.
 */
export function unwrap(node: SyntaxNode): SyntaxNode {
  const inner = innerOf(node);
  return inner ? unwrap(inner) : node;
}

function innerOf(node: SyntaxNode): SyntaxNode | undefined {
  const [first] = childrenOf(node);
  if (node.name === 'PromQL') return first;
  if (node.name === 'ParenExpr') return childrenOf(node).find(({ type }) => !type.isError);
  if (node.name === 'OffsetExpr' || node.name === 'StepInvariantExpr')
    return first?.name === 'BinaryExpr' ? first : undefined;
  return undefined;
}

export function asBinary(node: SyntaxNode): Binary | undefined {
  if (node.name !== 'BinaryExpr') return undefined;
  const children = childrenOf(node);
  const [left] = children;
  const right = children.at(-1);
  const sign = children.find(({ name }) => Object.hasOwn(operators, name));
  const operator = sign && operators[sign.name];
  if (!left || !right || left === right || !sign || !operator) return undefined;
  return {
    left,
    right,
    operator,
    sign,
    bool: children.some(({ name }) => name === 'BoolModifier'),
    matching: children.find(({ name }) => name === 'MatchingModifierClause'),
  };
}

/** Errors of the syntax, in the order of the text. Promtool has the last word about types. */
export function syntaxProblems(expr: string): readonly SyntaxProblem[] {
  const problems: SyntaxProblem[] = [];
  for (const node of nodesOf(parseExpr(expr))) {
    if (!node.type.isError) continue;
    problems.push(describeError(expr, node));
  }
  return problems;
}

function describeError(expr: string, { from, to }: Span): SyntaxProblem {
  const found = expr.slice(from, to);
  const called = found.startsWith('(') ? /\w+$/.exec(expr.slice(0, from))?.[0] : undefined;
  if (called !== undefined)
    return { message: `\`${called}\` is no function of PromQL`, from: from - called.length, to: from };
  if (expr.slice(from).trim() === '') return { message: 'the expression ends too early', from, to };
  const message = found === '' ? 'something is missing before this' : `\`${found}\` cannot stand here`;
  return { message, from, to };
}
