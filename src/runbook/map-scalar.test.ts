import { describe, expect, test } from 'vitest';
import { parseDocument, type Scalar } from 'yaml';

import { locateInExpr, mapScalar } from './map-scalar.ts';

/** The place of the first `@` of the scalar, as line:column. */
function placeOfMark(yaml: string): string {
  const node = parseDocument(yaml).get('expr', true) as Scalar<string>;
  const locate = (offset: number): { file: string; line: number; column: number } => {
    const before = yaml.slice(0, offset).split('\n');
    return { file: 'f', line: before.length, column: (before.at(-1) ?? '').length + 1 };
  };
  const source = { code: yaml, locate };
  const exprMap = mapScalar(node.value, source, node.range?.[0] ?? 0);
  const found = locateInExpr({ exprMap, location: { file: 'f', line: 99 } }, node.value.indexOf('@'));
  return `${found.line}:${found.column}`;
}

describe('finds a character of an expression in the file', () => {
  test.each([
    ['plain', 'expr: a > @'],
    ['plain over two lines', 'expr: a\n  > b > @'],
    ['single quotes', "expr: 'a > @'"],
    ['doubled single quotes', "expr: 'a{b=''c''} > @'"],
    ['empty text in a plain scalar', "expr: a{b=''} > @"],
    ['double quotes with escapes', 'expr: "a{b=\\"c\\", d=\\"\\u0041\\"} > @"'],
    ['an escaped character of two units', 'expr: "a{b=\\"\\U0001F600\\"} > @"'],
    ['an escaped line end', 'expr: "a \\\n  > @"'],
    ['a literal block', 'expr: |\n  sum(a)\n    > @\n'],
    ['a literal block with a mark of indentation', 'expr: |2-\n    sum(a)\n    > @\n'],
    ['a folded block', 'expr: >-\n  sum(a)\n  > @\n'],
    ['a folded block with blank lines', 'expr: >\n\n  sum(a)\n\n\n  > @\n'],
    ['two blanks', 'expr: a  >  @'],
    ['folded quotes', 'expr: "a\n   >\n   @"'],
  ])('%s', (_, yaml) => {
    const before = yaml.slice(0, yaml.indexOf('@')).split('\n');
    expect(placeOfMark(yaml)).toBe(`${before.length}:${(before.at(-1) ?? '').length + 1}`);
  });
});
