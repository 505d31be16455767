import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { neverEnds, reachedLimit } from './never-ends.ts';
import { parseShell } from './parse-shell.ts';
import type { ShellCommand } from './shell-command.ts';
import { loadShellGrammar } from './shell-grammar.ts';

const grammar = await loadShellGrammar();
const read = (code: string): readonly ShellCommand[] => parseShell(code, grammar).commands;
const texts = (code: string): readonly string[] => read(code).map(({ text }) => text);

describe('the end of a line ends its command', () => {
  // The grammar alone reads the two lines as one pipeline.
  test('after a number, if the next line has a redirection', () => {
    const code = 'a 2>&1 | grep x | tail -20\n\n# comment\nb 2>&1 | grep y | wc -l\n';
    expect(parseShell(code, grammar).syntaxError).toBeUndefined();
    expect(read(code).map(({ text, pipeline }) => [text, pipeline?.index, pipeline?.size])).toEqual([
      ['a 2>&1', 0, 3],
      ['grep x', 1, 3],
      ['tail -20', 2, 3],
      ['b 2>&1', 0, 3],
      ['grep y', 1, 3],
      ['wc -l', 2, 3],
    ]);
  });

  test('except after a backslash, in quotes, in an array and in a here-document', () => {
    expect(read('a \\\n  b\nc\n').map(({ words }) => words)).toEqual([['a', 'b'], ['c']]);
    expect(texts("node -e '\nx\n' y\nc\n")).toEqual(["node -e '\nx\n' y", 'c']);
    expect(texts('x=(\n1\n2\n)\nc\n')).toEqual(['x=(\n1\n2\n)', 'c']);
    expect(texts('cat <<EOF | wc -l 2>&1\nb 2>&1\nEOF\nc 2>&1\n')).toEqual(['cat <<EOF', 'wc -l 2>&1', 'c 2>&1']);
  });
});

test.each([
  ['if a; then b; fi', { a: 'condition', b: 'command' }],
  ['while a; do b; done', { a: 'condition', b: 'command' }],
  ['a && b || c', { a: 'condition', b: 'condition', c: 'command' }],
  ['a || exit 1', { a: 'condition', 'exit 1': 'command' }],
  ['! a', { a: 'condition' }],
  ['a &\nb', { a: 'background', b: 'command' }],
  ['x=$(a)', { 'x=$(a)': 'command', a: 'command' }],
  ['(a; b)', { a: 'command', b: 'command' }],
])('knows how the status of each command is used: %s', (code, roles) => {
  expect(Object.fromEntries(read(code).map(({ text, role }) => [text, role]))).toEqual(roles);
});

test('finds placeholders and parameters', () => {
  const found = parseShell(
    'up worker-<name> <queue> "<quoted>" # <comment>\ncat <in >out\necho "$1" "${2:-x}" "${3}"\n',
    grammar,
  );
  expect(found.placeholders).toEqual(['name', 'queue']);
  expect(found.parameters).toEqual(['1', '3']);
});

test('reports the position of what bash would refuse', () => {
  expect(parseShell('ok\nif a; then\n', grammar).syntaxError).toBeDefined();
  expect(parseShell('ok\ncat <<EOF\nx\n', grammar).syntaxError).toMatchObject({ offset: 7 });
});

test('every command of any text is at its position', () => {
  const piece = fc.constantFrom(
    'a',
    ' ',
    '\n',
    '|',
    '2>&1',
    '&&',
    '-20',
    '#',
    '"',
    "'",
    '<<E\n',
    'E\n',
    '$(',
    ')',
    '`',
    '{',
    '}',
    '<x>',
    ';',
    'if ',
    'then ',
    'fi',
    '\\',
    '((',
    '!',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 25 }), (pieces) => {
      const code = pieces.join('');
      for (const { start, text } of read(code)) expect(code.startsWith(text, start)).toBe(true);
    }),
    { numRuns: 200 },
  );
});

test.each([
  ['docker compose logs x --tail=20 -f', true],
  ['docker compose logs --follow=false x', false],
  ['docker compose logs -n 5 x', false],
  ['docker compose -f a.yml logs -tf x', true],
  ['docker compose up', true],
  ['docker compose up -d', false],
  ['docker stats', true],
  ['docker stats --no-stream', false],
  ['docker compose exec redis redis-cli monitor', true],
  ['docker compose exec -T redis redis-cli ping', false],
  ['docker compose exec api tail -f log', true],
  ['sudo watch ls', true],
  ['top -b -n 1', false],
  ['tail -20', false],
  ['sleep infinity', true],
  ['grep -f patterns x', false],
])('knows whether a command ends: %s', (code, expected) => {
  expect(read(code).map(neverEnds)).toEqual([expected]);
});

test.each<readonly [string, number, boolean]>([
  ['timeout 20 docker compose logs --follow worker', 124, true],
  ['timeout --signal=INT 1m tail -F app.log', 124, true],
  ['timeout -k 5 -s TERM 20 watch docker compose ps', 124, true],
  ['timeout -k 5 20 docker compose logs -f', 137, true],
  ['timeout --preserve-status 20 docker compose logs -f', 143, true],
  ['sudo timeout 20 docker compose logs -f', 124, true],
  ['timeout 20 docker compose logs --follow worker', 1, false],
  ['timeout 20 docker compose logs --follow worker', 137, false],
  ['timeout 20 docker compose logs --tail=20 worker', 124, false],
  ['timeout 20 docker compose ps', 124, false],
  ["timeout 20 bash -c 'until curl -f localhost; do sleep 1; done'", 124, false],
  ['docker compose logs --follow worker', 124, false],
  ['echo timeout 20 tail -f x', 124, false],
])('knows whether the limit around an endless command ended it: %s with %i', (code, exitCode, expected) => {
  expect(read(code).map((command) => reachedLimit(command, exitCode))).toEqual([expected]);
});
