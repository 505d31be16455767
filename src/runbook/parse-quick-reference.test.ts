import { expect, test } from 'vitest';

import { parseRunbook } from './parse-runbook.ts';
import { findProcedure, findProcedures } from './select-procedure.ts';

const text = `# R

## 1. Down

\`\`\`bash
docker compose restart worker
\`\`\`

## 📝 Quick Reference Card

\`\`\`
┌──────────────────────────────────────────────┐
│  Container down?                             │
│    docker compose restart worker-<name>      │
│  Paused?                                     │
│    docker compose exec api resume <queue>    │
│  Memory?                                     │
│    docker compose restart worker-<name>      │
└──────────────────────────────────────────────┘
\`\`\`
`;

async function addressOf(selector: string): Promise<string> {
  const found = findProcedure(await parseRunbook(text, 'r.md'), selector);
  return found.kind === 'found' ? found.procedure.address : found.kind;
}

test('reads each command of the card as a procedure with its own position', async () => {
  const { procedures, sections } = await parseRunbook(text, 'r.md');
  const card = procedures.filter(({ language }) => language === 'card');
  expect(card.map(({ code, location }) => [code, location.line, location.column])).toEqual([
    ['docker compose restart worker-<name>\n', 14, 6],
    ['docker compose exec api resume <queue>\n', 16, 6],
    ['docker compose restart worker-<name>\n', 18, 6],
  ]);
  expect(card[0]).toMatchObject({ section: sections.at(-1), placeholders: ['name'] });
  expect(card[1]?.commands).toMatchObject([{ text: 'docker compose exec api resume <queue>', location: { line: 16 } }]);
});

test('selects a command by its words, and counts the same command once', async () => {
  expect(await addressOf('card resume')).toMatch(/Card > card\[2\]$/);
  expect(await addressOf('card compose restart')).toMatch(/Card > card\[1\]$/);
  expect(await addressOf('📝 Quick Reference Card > card[3]')).toMatch(/Card > card\[3\]$/);
  expect(await addressOf('card docker')).toBe('several');
  expect(await addressOf('card psql')).toBe('none');
  expect(await addressOf('1 > bash[1]')).toBe('1 > bash[1]');
});

test.each([
  [
    'card[all]',
    ['📝 Quick Reference Card > card[1]', '📝 Quick Reference Card > card[2]', '📝 Quick Reference Card > card[3]'],
  ],
  ['1 > bash[all]', ['1 > bash[1]']],
  ['1 > bash[1]', ['1 > bash[1]']],
  ['1 > card[all]', 'none'],
  ['card docker', 'several'],
])('%s names several blocks', async (selector, addresses) => {
  const found = findProcedures(await parseRunbook(text, 'r.md'), selector);
  expect(found.kind === 'found' ? found.procedures.map(({ address }) => address) : found.kind).toEqual(addresses);
});

test('fills placeholders by name, and keeps those without a value', async () => {
  const runbook = await parseRunbook(text, 'r.md');
  const [restart, resume] = runbook.procedures.filter(({ language }) => language === 'card');
  if (!restart || !resume) throw new Error('the test is wrong');
  const filled = runbook.fill(restart, { name: 'ai', queue: 'x' });
  expect(filled).toMatchObject({
    code: 'docker compose restart worker-ai\n',
    placeholders: [],
    address: restart.address,
  });
  expect(filled.commands).toMatchObject([
    { text: 'docker compose restart worker-ai', location: { line: 14, column: 6 }, lineInBlock: 1 },
  ]);
  expect(runbook.fill(resume, { name: 'ai' })).toBe(resume);
});
