import { describe, expect, test } from 'vitest';

import { parseRunbook } from './parse-runbook.ts';
import type { Runbook } from './runbook.ts';
import { findProcedure, findProcedures } from './select-procedure.ts';

const block = (command: string): string => `\`\`\`bash\n${command}\n\`\`\`\n`;
const read = (...parts: readonly string[]): Promise<Runbook> => parseRunbook(`# Mail\n\n${parts.join('\n')}`, 'm.md');
const addressesOf = ({ procedures }: Runbook): readonly string[] => procedures.map(({ address }) => address);

describe('what begins a heading', () => {
  test.each([
    ['3.2 Mail stops', '3.2', 'Mail stops'],
    ['3.2. Mail stops', '3.2', 'Mail stops'],
    ['3) Mail stops', '3', 'Mail stops'],
    ['7 Mail stops', '7', 'Mail stops'],
    ['12: Mail stops', '12', 'Mail stops'],
    ['Section 140: mail stops', '140', 'mail stops'],
    ['104. Mail stops', '104', 'Mail stops'],
    ['A.1 Mail stops', 'A.1', 'Mail stops'],
    ['4', '4', ''],
  ])('%s has a number', async (heading, number, title) => {
    const { sections } = await read(`## ${heading}`);
    expect(sections[0]).toMatchObject({ number, title });
  });

  test.each([
    '503 from the mail relay',
    '421: try again later',
    '2026-11-30 mail went out twice',
    '2026-11-30: mail went out twice',
    '30.11.2026 mail went out twice',
    '2026 in review',
    '09:30 the queue stands still',
    '10 minutes later',
    '24 h after',
    '5% of the mail bounces',
    '1000 mails wait',
    '2nd try',
  ])('%s is a title', async (heading) => {
    const runbook = await read(`## ${heading}`, block('ls'));
    expect(runbook.sections[0]).toMatchObject({ number: '', title: heading });
    expect(addressesOf(runbook)).toEqual([`${heading} > bash[1]`]);
    expect(findProcedure(runbook, `${heading} > bash[1]`).kind).toBe('found');
  });

  test.each([
    ['Mail stops {#stops}', 'Mail stops'],
    ['4.1 Mail stops { #stops .wide data-x="1" }', 'Mail stops'],
    ['Mail stops {: #stops }', 'Mail stops'],
    ['Set {mode}', 'Set {mode}'],
    ['{#stops}', '{#stops}'],
  ])('%s', async (heading, title) => {
    expect((await read(`## ${heading}`)).sections[0]?.title).toBe(title);
  });
});

describe('a number that occurs several times', () => {
  const restarting = [
    '## Look (2 minutes)',
    '### 1. Is it up?',
    block('docker compose ps'),
    '### 2. What does it say?',
    block('docker compose logs mail'),
    '## Mend',
    '### 1. Start it',
    '**Solution:**',
    '',
    block('docker compose start mail'),
    block('docker compose start relay'),
    '#### If it stays down',
    block('docker compose up -d mail'),
    '## 3. Afterwards',
    block('docker compose stats --no-stream'),
  ];

  test('is read, and each block has its own address', async () => {
    expect(addressesOf(await read(...restarting))).toEqual([
      'Look (2 minutes) > 1 Is it up? > bash[1]',
      '2 > bash[1]',
      'Mend > 1 Start it > Solution > bash[1]',
      'Mend > 1 Start it > Solution > bash[2]',
      'Mend > 1 Start it > If it stays down > bash[1]',
      '3 > bash[1]',
    ]);
  });

  test.each([
    ['Look (2 minutes) > 1 > bash[1]', 0],
    ['Look (2 minutes) > bash[1]', 0],
    ['1 Is it up? > bash[1]', 0],
    ['Is it up? > bash[1]', 0],
    ['2 > bash[1]', 1],
    ['Mend > 1. Start it > Solution > bash[2]', 3],
    ['Mend > 1 > bash[last]', 'several'],
    ['Start it > If it stays down', 4],
    ['1 > If it stays down > bash[1]', 4],
    ['3 > bash[1]', 5],
    ['1 > bash[1]', 'several'],
    ['1 > Diagnosis > bash[1]', 'none'],
  ])('%s', async (selector, expected) => {
    const runbook = await read(...restarting);
    const found = findProcedure(runbook, selector);
    expect(found.kind === 'found' ? runbook.procedures.indexOf(found.procedure) : found.kind).toBe(expected);
  });

  test('a selector that uses it is refused with every candidate', async () => {
    const runbook = await read(...restarting);
    const found = findProcedure(runbook, '1 > bash[1]');
    expect(found).toMatchObject({ kind: 'several', location: { line: 5 } });
    expect(found.kind === 'found' ? '' : found.message).toMatch(
      /Look \(2 minutes\) > 1 Is it up\? > bash\[1\] \(m\.md:5\), Mend > 1 Start it > Solution > bash\[1\] \(m\.md:/,
    );
    const none = findProcedure(runbook, '1 > bash[7]');
    expect(none.kind === 'found' ? '' : none.message).toMatch(/section 1 \(lines 4 and 15\) has .*Is it up.*Start it/);
  });

  test('`[all]` does not join blocks of two sections', async () => {
    const runbook = await read(...restarting);
    expect(findProcedures(runbook, '1 > bash[all]').kind).toBe('several');
    expect(findProcedures(runbook, 'Mend > 1 > Solution > bash[all]')).toMatchObject({ kind: 'found' });
  });

  test('a numbered sub-heading keeps the blocks of its section', async () => {
    const text = (heading: string) => [
      '## 1. Health',
      block('docker version'),
      '### 1.1 Is it up?',
      block('docker compose ps'),
      heading,
      'Ask the mail team.',
      '### 1.2 Does it answer?',
      block('curl mail'),
    ];
    const before = await read(...text('#### If it comes back'));
    const after = await read(...text('#### 1. If it comes back'));
    expect(addressesOf(after)).toEqual(addressesOf(before));
    expect(addressesOf(after)).toEqual(['1 > bash[1]', '1.1 > bash[1]', '1.2 > bash[1]']);
    expect(findProcedure(after, '1 > bash[1]')).toMatchObject({ kind: 'found', procedure: { address: '1 > bash[1]' } });
  });

  test('a step with a number of its own is found beside the section of that number', async () => {
    const runbook = await read('## 1. Health', block('a'), '## 2. Mend', '### 2.1 Mail', '#### 1. Look', block('b'));
    expect(addressesOf(runbook)).toEqual(['1 > bash[1]', '2.1 > 1 Look > bash[1]']);
    expect(findProcedure(runbook, '1. > bash[1]')).toMatchObject({ procedure: { address: '1 > bash[1]' } });
    expect(findProcedures(runbook, '1 > bash[all]')).toMatchObject({ procedures: [{ address: '1 > bash[1]' }] });
    expect(findProcedure(runbook, '2.1 > 1 > bash[1]')).toMatchObject({ procedure: { code: 'b' } });
  });

  test('twins with the same title have addresses of their own', async () => {
    const runbook = await read(
      '## 2. Try',
      block('a'),
      '## 2. Try',
      block('b'),
      '## Try',
      block('c'),
      '## Try',
      block('d'),
    );
    expect(new Set(addressesOf(runbook)).size).toBe(4);
    for (const procedure of runbook.procedures)
      expect(findProcedure(runbook, procedure.address)).toMatchObject({ kind: 'found', procedure });
  });
});
