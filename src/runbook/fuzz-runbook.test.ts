import { describe, expect, test } from 'vitest';

import { fuzz } from '../kernel/testing/fuzz.ts';
import { parseRunbook } from './parse-runbook.ts';

test('reads any runbook, or refuses it with a line', { timeout: 300_000 }, async () => {
  const target = new URL('testing/fuzz-runbook.ts', import.meta.url);
  const { runs, grewBytes } = await fuzz(target, 'runbook', { runs: 1000, seed: 4 });
  expect(runs).toBe(1000);
  expect(grewBytes).toBeLessThan(4 * 2 ** 20);
});

const file = 'r.md';
const section = '# t\n\n## 1 s\n\n';
const read = (text: string): Promise<unknown> => parseRunbook(text, file, { withinMs: 60_000 });

describe('the time grows only with the length of the text', () => {
  const much = 100_000;
  test.each([
    ['front matter without an end', `---\n${'-a: b\n'.repeat(60)}\n${section}`],
    ['a heading', `${section}2${' '.repeat(much)}a\nb\n===\n`],
    ['a label', `${section}**a${' '.repeat(much)}b**\n`],
    ['a reference card', `${section}## Quick reference\n\n\`\`\`text\na${' '.repeat(much)}b\n\`\`\`\n`],
    ['blank lines before an alert', `${section}\`\`\`yaml\n${'\n'.repeat(much)}\n\`\`\`\n`],
    ['aliases', `${section}\`\`\`yaml\n- &a\n  alert: A\n  expr: up\n${'- *a\n'.repeat(90)}\`\`\`\n`],
    ['placeholders', `${section}\`\`\`bash\n${'<a> '.repeat(much / 4)}\n\`\`\`\n`],
    ['here-documents', `${section}\`\`\`bash\n${'cat <<a\n$(x)\na\n'.repeat(much / 50)}\n\`\`\`\n`],
    ['fences that are not closed', `${section}${'```bash\nls\n\n'.repeat(much / 200)}`],
    ['a session', `${section}\`\`\`console\n${'$ echo "a\nb\n'.repeat(much / 100)}\n\`\`\`\n`],
    ['a prompt', `${section}\`\`\`console\n${'a@'.repeat(much)}\n\`\`\`\n`],
    ['a fence without a tag', `${section}\`\`\`\n${'docker ps\n'.repeat(much / 20)}\n\`\`\`\n`],
    ['indented code', `${section}    a\n${`    docker${' '.repeat(1000)}\n`.repeat(much / 2000)}\n`],
    ['numbered sections', Array.from({ length: much / 20 }, (_, index) => `## ${index} a\n`).join('')],
  ])('%s', { timeout: 120_000 }, async (_, text) => {
    await expect(read(text)).resolves.toBeDefined();
  });

  test.each([`1${' '.repeat(much)},`, `> 1 for${' '.repeat(90)}x`])('the range %#', async (cell) => {
    const table = `| Metric | Normal | Alert |\n|---|---|---|\n| waiting | < 5 | ${cell} |\n`;
    await expect(read(`${section}${table}`)).resolves.toMatchObject({
      thresholds: [],
      notUnderstood: [{ threshold: 'waiting', location: { line: 7 } }],
    });
  });

  test('reads no more aliases than any rule needs', async () => {
    const text = `${section}\`\`\`yaml\n- &a\n  alert: A\n  expr: up\n${'- *a\n'.repeat(5000)}\`\`\`\n`;
    const { alertProblems } = await parseRunbook(text, file, { withinMs: 60_000 });
    expect(alertProblems.map(({ message }) => message)).toContain('the alert rules have more than 1000 aliases');
  });
});

describe('refuses a text that no parser can handle', () => {
  test.each([
    ['lists in lists', `${section}${'- '.repeat(10_000)}a\n`, 300],
    ['quotations in quotations', `${section}${'>'.repeat(20_000)} a\n`, 20_000],
  ])('%s', async (_, text, withinMs) => {
    await expect(parseRunbook(text, file, { withinMs })).rejects.toMatchObject({
      code: 'RUNBOOK_TOO_COMPLEX',
      exitCode: 64,
      location: { file, line: 1 },
    });
    await expect(read(`${section}\`\`\`bash\nls\n\`\`\`\n`)).resolves.toMatchObject({ procedures: [{ code: 'ls' }] });
  });

  test('a file of more than a mebibyte', async () => {
    await expect(read('a'.repeat(2 ** 20 + 1))).rejects.toMatchObject({
      code: 'RUNBOOK_TOO_LARGE',
      location: { file, line: 1 },
    });
  });

  test('a block with a time limit that no timer can count', async () => {
    const text = `${section}<!-- drillbook: timeout=${'9'.repeat(400)}h -->\n\`\`\`bash\nls\n\`\`\`\n`;
    await expect(read(text)).resolves.toMatchObject({ procedures: [], notUnderstood: [{ location: { line: 5 } }] });
  });
});
