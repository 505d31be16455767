import type { AlertRule } from '../runbook/runbook.ts';

/** A rule of the old set with its successor. One of them is absent for a removed or an added rule. */
export type RulePair =
  | { readonly base: AlertRule; readonly next: AlertRule | undefined }
  | { readonly base: undefined; readonly next: AlertRule };

/**
 * Pairs the rules of two sets: by name and expression, then by name, then by expression alone, which finds a renamed
 * rule. Names need not be unique; equal ones pair up in the order of the files. The other way round gives the same
 * pairs.
 */
export function matchRules(base: readonly AlertRule[], next: readonly AlertRule[]): readonly RulePair[] {
  const free = new Set(next);
  const partners = new Map<AlertRule, AlertRule>();
  for (const keyOf of [wholeKey, nameKey, exprKey])
    for (const rule of base) {
      if (partners.has(rule)) continue;
      const key = keyOf(rule);
      const partner = [...free].find((one) => keyOf(one) === key);
      if (!partner) continue;
      partners.set(rule, partner);
      free.delete(partner);
    }
  return [
    ...base.map((rule) => ({ base: rule, next: partners.get(rule) })),
    ...[...free].map((rule) => ({ base: undefined, next: rule })),
  ];
}

const nameKey = ({ name }: AlertRule): string => name;
const exprKey = ({ expr }: AlertRule): string => normalExpr(expr);
const wholeKey = ({ name, expr }: AlertRule): string => `${name}\n${normalExpr(expr)}`;

/** The expression without comments and with one space between its tokens. */
export function normalExpr(expr: string): string {
  const tokens = expr.match(/"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`[^`]*`|#.*|[\w:.]+|[^\s\w]/g) ?? [];
  return tokens.filter((token) => !token.startsWith('#')).join(' ');
}
