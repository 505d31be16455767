import { describe, expect, test } from 'vitest';

import { parseRunbook } from './parse-runbook.ts';
import type { Runbook } from './runbook.ts';
import { findProcedure, findProcedures } from './select-procedure.ts';

const head = ['# Mail', '', '## 1. Look', '', '```bash', 'docker compose ps', '```', ''];
const tail = ['', '## 2. Mend', '', '```bash', 'docker compose restart mail', '```'];
/** Line 9 is the first line of the text, which stands in section 1, after `1 > bash[1]`. */
const read = (...lines: readonly string[]): Promise<Runbook> =>
  parseRunbook(`${[...head, ...lines, ...tail].join('\n')}\n`, 'm.md');
const addressesOf = ({ procedures }: Runbook): readonly string[] => procedures.map(({ address }) => address);
const notesOf = ({ notUnderstood }: Runbook): readonly string[] =>
  notUnderstood.map(({ message, location }) => `${location.line} ${message}`);
const say = (runbook: Runbook, selector: string): string => {
  const found = findProcedure(runbook, selector);
  return found.kind === 'found' ? found.procedure.address : `${found.location.line} ${found.kind}: ${found.message}`;
};
const next = ['```bash', 'docker compose logs mail', '```'];

test.each<readonly [name: string, lines: readonly string[], at: number, says: RegExp]>([
  ['an empty block', ['```bash', '', '```', '', ...next], 9, /shell block is empty/],
  [
    'an unknown key',
    ['<!-- drillbook: slow=1m -->', ...['```bash', 'ls', '```'], '', ...next],
    9,
    /`slow` is not known/,
  ],
  [
    'a bad value',
    ['<!-- drillbook: timeout=late -->', '', ...['```sh', 'ls', '```'], '', ...next],
    9,
    /`timeout=late`/,
  ],
  ['an unclosed block', ['```bash', 'ls', '', ...next], 9, /not closed before the one at line 12 opens/],
  ['an unclosed block above a heading', ['```bash', 'ls', '# all', '', '### Then', '', ...next], 9, /not closed/],
])('refuses %s alone, at its line', async (name, lines, at, says) => {
  const runbook = await read(...lines);
  const language = name === 'a bad value' ? 'sh' : 'bash';
  const later = name.includes('heading') ? '1 > Then > bash[1]' : language === 'sh' ? '1 > bash[2]' : '1 > bash[3]';
  expect(addressesOf(runbook)).toEqual(['1 > bash[1]', later, '2 > bash[1]']);
  expect(notesOf(runbook)).toEqual([expect.stringMatching(says)]);
  expect(runbook.notUnderstood[0]?.location.line).toBe(at);
  const refused = language === 'sh' ? '1 > sh[1]' : '1 > bash[2]';
  expect(say(runbook, refused)).toMatch(/^\d+ none: .* cannot be read/);
  expect(say(runbook, refused)).toMatch(says);
  expect(findProcedures(runbook, `1 > ${language}[all]`).kind).toBe('none');
  expect(say(runbook, later)).toBe(later);
  expect(runbook.procedures[1]?.code).toContain('docker compose logs mail');
});

test('a refused block is found by its id, and says why it is not run', async () => {
  const runbook = await read('<!-- drillbook: id=look skip= -->', ...next);
  expect(say(runbook, '#look')).toMatch(/^10 none: .*line 10, which cannot be read: annotation/);
});

test('`last` does not fall back to the block before a refused one', async () => {
  expect(say(await read('```bash', '```'), '1 > bash[last]')).toMatch(/ none: .*is empty/);
});

describe('a fence that is not closed', () => {
  test('at the end of the file takes nothing but itself', async () => {
    const text = [
      ...head,
      ...next,
      '',
      '## 2. Mend',
      '',
      '```bash',
      'docker compose restart mail',
      '',
      '### After',
      'Rest.',
    ];
    const runbook = await parseRunbook(text.join('\n'), 'm.md');
    expect(addressesOf(runbook)).toEqual(['1 > bash[1]', '1 > bash[2]']);
    expect(runbook.sections.map(({ title }) => title)).toEqual(['Look', 'Mend', 'After']);
    expect(notesOf(runbook)).toEqual([expect.stringMatching(/^15 .*not closed; end it with a line ```/)]);
    expect(say(runbook, '2 > bash[1]')).toMatch(/^15 none/);
  });

  test('keeps the annotation above it out of the way', async () => {
    const runbook = await read('<!-- drillbook: id=look -->', '```bash', 'ls', '', ...next);
    expect(notesOf(runbook)).toEqual([expect.stringMatching(/^10 /)]);
  });

  test('in a list ends with its item', async () => {
    const runbook = await read('- First', '', '  ```bash', '  ls', '', 'Then:', '', ...next);
    expect(addressesOf(runbook)).toEqual(['1 > bash[1]', '1 > bash[3]', '2 > bash[1]']);
    expect(notesOf(runbook)).toEqual([expect.stringMatching(/^11 /)]);
  });

  test('and that a heading of the first level follows does not give its section to another block', async () => {
    const runbook = await read('```bash', 'ls', '', '# 3. Other', '', ...next);
    expect(addressesOf(runbook)).toEqual(['1 > bash[1]', '3 > bash[1]', '2 > bash[1]']);
  });

  test('twice, and of another language', async () => {
    const runbook = await read('```yaml', '- alert: A', '', '```bash', 'ls', '', ...next);
    expect(addressesOf(runbook)).toEqual(['1 > bash[1]', '1 > bash[3]', '2 > bash[1]']);
    expect(notesOf(runbook)).toEqual([expect.stringMatching(/^9 /), expect.stringMatching(/^12 /)]);
    expect(runbook.alertRules).toEqual([]);
  });
});

test('an annotation above no block is noted', async () => {
  const runbook = await read('<!-- drillbook: id=lost -->', '', 'Read this first.', '', ...next);
  expect(addressesOf(runbook)).toEqual(['1 > bash[1]', '1 > bash[2]', '2 > bash[1]']);
  expect(notesOf(runbook)).toEqual([expect.stringMatching(/^9 annotation: it is not above a block/)]);
});

test('an id that two blocks have is noted, and names neither', async () => {
  const annotated = ['<!-- drillbook: id=look -->', ...next, ''];
  const runbook = await read(...annotated, ...annotated);
  expect(addressesOf(runbook)).toHaveLength(4);
  expect(notesOf(runbook)).toEqual([expect.stringMatching(/^15 .*line 10 .*`look`.*own id/)]);
  expect(say(runbook, '#look')).toMatch(/^10 several: .*1 > bash\[2\].*1 > bash\[3\]/);
});

test('a whole fleet of unclosed fences is read to the end', async () => {
  const runbook = await read(...Array.from({ length: 60 }, () => ['```bash', 'ls', '']).flat());
  expect(addressesOf(runbook)[0]).toBe('1 > bash[1]');
  expect(runbook.notUnderstood.length).toBeGreaterThan(10);
});

test('a refused block is among the blocks that must be covered', async () => {
  const text = '# R\n\n## 1. S\n\n<!-- drillbook: what -->\n```bash\ndocker compose ps\n```\n';
  const runbook = await parseRunbook(text, 'r.md');
  const { blocks, sections } = runbook.facts();
  expect(runbook.procedures).toEqual([]);
  expect(blocks).toMatchObject([{ address: '1 > bash[1]', location: { line: 7 } }]);
  expect(sections.map(({ procedures }) => procedures)).toEqual([['1 > bash[1]']]);
});
