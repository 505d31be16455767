import { expect, test } from 'vitest';

import { parseRunbook } from '../runbook/parse-runbook.ts';
import { mutateRunbook } from './mutate-runbook.ts';
import type { Mutant } from './mutant.ts';
import { operators } from './operators.ts';
import {
  currentOutcomes,
  mutationScore,
  scoreByOperator,
  scoreInterval,
  whyEquivalent,
  type MutantOutcome,
} from './mutation-score.ts';

const runbook = `# R

## 1. Mail

**Solution:**

\`\`\`bash
echo "mail"
docker compose stop mail
sleep 30
docker compose exec -T api node -e '
  // mail.send
  if (!queue) continue;
  await queue.pause();
  await queue.close();
' || exit 1
  docker compose restart mail | tail -1
if docker compose ps mail; then sleep 2; fi
\`\`\`

## 2. Figures

| Metric | Normal range | Alert threshold |
|---|---|---|
| \`waiting\` jobs | < 1000 | > 5000 |
| \`active\` jobs | 1-50 | > 100 |
| Processing rate | > 10 jobs/sec | < 1 job/sec |
`;

async function mutants(text = runbook): Promise<readonly Mutant[]> {
  const options = { queues: ['mail.send', 'mail.track'], services: ['mail', 'bill'] };
  return mutateRunbook(text, await parseRunbook(text, 'r.md'), options);
}

test('changes one thing at a time, and keeps every other line in its place', async () => {
  const all = await mutants();
  const lines = runbook.split('\n');
  for (const { text, line, before, after } of all) {
    const changed = text.split('\n');
    expect(changed).toHaveLength(lines.length);
    expect(lines[line - 1]?.trim()).toBe(before);
    expect(changed[line - 1]?.trim()).toBe(after);
    await parseRunbook(text, 'r.md');
  }
  expect(new Set(all.map(({ text }) => text)).size).toBe(all.length);
  expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
});

test('each operator makes the change that its name says', async () => {
  const all = await mutants();
  const old = new Set([...operators.map(({ name }) => name), 'loosen-threshold']);
  const shown = all.filter(({ operator }) => old.has(operator)).map(({ id, after }) => `${id} ${after}`);
  expect(shown).toEqual([
    'drop-step:9 :',
    'echo:9 echo docker compose stop mail',
    'swap-steps:9 sleep 30',
    'wrong-service:9 docker compose stop bill',
    'invert:9 docker compose start mail',
    'drop-step:10 :',
    'shorter-wait:10 sleep 3',
    'drop-step:11 : || exit 1',
    "echo:11 echo docker compose exec -T api node -e '",
    'drop-line:13 ',
    'drop-line:14 ',
    'invert:14 await queue.resume();',
    'drop-step:17 : | tail -1',
    'echo:17 echo docker compose restart mail | tail -1',
    'wrong-service:17 docker compose restart bill | tail -1',
    'wrong-service:18 if docker compose ps bill; then sleep 2; fi',
    'loosen-threshold:25 | `waiting` jobs | < 2000 | > 5000 |',
    'loosen-threshold:26 | `active` jobs | 1-100 | > 100 |',
    'loosen-threshold:27 | Processing rate | > 5 jobs/sec | < 1 job/sec |',
  ]);
  expect(all.filter(({ address }) => address === undefined).map(({ operator }) => operator)).toEqual(
    Array.from({ length: 3 }, () => 'loosen-threshold'),
  );
});

test('drops a step of several lines as a whole', async () => {
  const text = runbook.replace(' || exit 1', '');
  const dropped = (await mutants(text)).find(({ id }) => id === 'drop-step:11');
  expect(dropped?.text.split('\n').slice(10, 17)).toEqual([
    ':',
    '',
    '',
    '',
    '',
    '',
    '  docker compose restart mail | tail -1',
  ]);
});

const outcome = (fate: MutantOutcome['fate']): MutantOutcome => ({ id: fate, line: 1, before: '', after: '', fate });

test('the score counts the mutants that a scenario should notice', () => {
  expect(mutationScore([])).toBeUndefined();
  expect(mutationScore([outcome('equivalent'), outcome('inconclusive')])).toBeUndefined();
  expect(mutationScore([outcome('killed'), outcome('equivalent')])).toBe(1);
  expect(mutationScore([outcome('killed'), outcome('killed'), outcome('survived'), outcome('untouched')])).toBe(0.5);
});

test('the interval of a score is that of Wilson', () => {
  const outcomes = (killed: number, survived: number): MutantOutcome[] => [
    ...Array.from({ length: killed }, () => outcome('killed')),
    ...Array.from({ length: survived }, () => outcome('survived')),
    outcome('equivalent'),
  ];
  const rounded = (killed: number, survived: number) =>
    Object.values(scoreInterval(outcomes(killed, survived)) ?? {}).map((end) => Math.round(end * 1000) / 1000);
  expect(rounded(8, 2)).toEqual([0.49, 0.943]);
  expect(rounded(10, 0)).toEqual([0.722, 1]);
  expect(rounded(0, 5)).toEqual([0, 0.434]);
  expect(rounded(95, 5)).toEqual([0.888, 0.978]);
  expect(scoreInterval([outcome('inconclusive')])).toBeUndefined();
});

test('each operator has a score, the worst first', () => {
  const fates = [
    ['half:1', 'killed'],
    ['half:2', 'survived'],
    ['echo:1', 'killed'],
    ['invert:3', 'inconclusive'],
  ] as const;
  const scores = scoreByOperator(fates.map(([id, fate]) => ({ ...outcome(fate), id })));
  expect(scores).toEqual([
    { operator: 'half', score: 0.5, killed: 1, survived: 1, equivalent: 0, untouched: 0, inconclusive: 0 },
    { operator: 'echo', score: 1, killed: 1, survived: 0, equivalent: 0, untouched: 0, inconclusive: 0 },
    { operator: 'invert', killed: 0, survived: 0, equivalent: 0, untouched: 0, inconclusive: 1 },
  ]);
});

test('an outcome of an older Drillbook counts only for the same change', async () => {
  const [first, second] = await mutants();
  if (!first || !second) throw new Error('the test is wrong');
  const known = [first, second].map(({ id, before, after }) => ({ ...outcome('killed'), id, before, after }));
  expect(currentOutcomes(known, [first, { ...second, after: 'sleep 9' }]).map(({ id }) => id)).toEqual([first.id]);
});

test('recognises an equivalent mutant by its text', async () => {
  const [first] = await mutants();
  if (!first) throw new Error('the test is wrong');
  const known = { operator: 'drop-step', before: 'docker compose stop mail', reason: 'it is down already' };
  expect(whyEquivalent(first, [known])).toBe('it is down already');
  expect(whyEquivalent(first, [{ ...known, after: 'true' }])).toBeUndefined();
  expect(whyEquivalent(first, [{ ...known, operator: 'echo' }])).toBeUndefined();
});
