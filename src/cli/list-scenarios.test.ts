import { expect, test } from 'vitest';

import { parseRunbook } from '../runbook/parse-runbook.ts';
import { listScenarios } from './list-scenarios.ts';

const text = `# Mail

## 1. Down

\`\`\`bash
docker compose restart mail
\`\`\`

| Metric | Normal | Alert |
|---|---|---|
| Sender reputation | > 90% | < 70% |
`;
const scenario = { id: 'down', title: 'it is down', diagnosis: [], maintenance: [] };
const step = (run: string) => ({ run, shows: [], answers: [], args: [] }) as never;

test('lists each scenario with its lines, and what is not understood', async () => {
  const runbook = await parseRunbook(text, '/fleet/docs/mail.md');
  const list = listScenarios([{ ...scenario, recovery: [step('1 > bash[1]')] }], runbook, {}, '/fleet');
  expect(list).toMatch(/^down +1 > bash\[1\] +docs\/mail\.md:6:1\n/);
  expect(list).toMatch(/\n\nNot understood.*:\n +docs\/mail\.md:11:3 +the row `Sender reputation` /);
});

test('a list without notes ends with the scenarios', async () => {
  const runbook = await parseRunbook(text.replace(/\|[^]*/, ''), '/fleet/docs/mail.md');
  const list = listScenarios([{ ...scenario, recovery: [step('2 > bash[1]')] }], runbook, {}, '/fleet');
  expect(list).toContain('NOT FOUND');
  expect(list).not.toContain('ot understood');
});
