import { expect, test } from 'vitest';

import { parseRunbook } from '../runbook/parse-runbook.ts';
import { createRecogniser } from './recognise-line.ts';

const runbook = await parseRunbook(
  `# Runbook

## 3. Failures

### 3.1 Worker down

**Solution:**

\`\`\`bash
docker compose restart worker-mail
docker compose logs --tail=20 worker-mail | grep -i error
\`\`\`

### 3.2 Paused

**Solution:**

\`\`\`bash
redis-cli hdel 'bull:mail:meta' paused
\`\`\`
`,
  'runbook.md',
);
const recognise = await createRecogniser(runbook);

test('a command of the runbook is recognised by its words, whatever its blanks and quotes', () => {
  expect(recognise('redis-cli  hdel "bull:mail:meta" paused   # again').runbook).toEqual([
    expect.objectContaining({
      how: 'verbatim',
      isLast: true,
      location: expect.objectContaining({ line: 19 }) as object,
    }),
  ]);
  expect(recognise('docker compose restart worker-mail').runbook).toEqual([
    expect.objectContaining({ how: 'verbatim', address: '3.1 > Solution > bash[1]' }),
  ]);
});

test('a command with one other word is an edited one, and a pasted block is recognised command by command', () => {
  expect(recognise('docker compose restart worker-sms').runbook).toMatchObject([{ how: 'edited' }]);
  const pasted = recognise(
    'docker compose restart worker-mail\ndocker compose logs --tail=20 worker-mail | grep -i error',
  );
  expect(pasted.runbook.map(({ how, isLast }) => [how, isLast])).toEqual([
    ['verbatim', false],
    ['verbatim', false],
    ['verbatim', true],
  ]);
});

test('of two commands that are the same, the next one of the block that the player is in is meant', async () => {
  const twice = await parseRunbook(
    '# R\n\n## 1. A\n\n```bash\ndocker compose ps\n```\n\n## 2. B\n\n```bash\ntouch a\ndocker compose ps\n```\n',
    'twice.md',
  );
  const recogniseTwice = await createRecogniser(twice);
  const lineOf = (typed: string): number | undefined => recogniseTwice(typed).runbook[0]?.location.line;
  expect(['touch a', 'docker compose ps', 'docker compose ps'].map(lineOf)).toEqual([12, 13, 6]);
});

test('another command is improvised, however much it looks like one of the runbook', () => {
  expect(recognise('docker compose up -d --force-recreate worker-mail').runbook).toEqual([]);
  expect(recognise('docker ps').runbook).toEqual([]);
  expect(recognise('echo docker compose restart worker-mail').runbook).toEqual([]);
});

test.each([
  ['docker compose ps --all', true],
  ['docker compose -p x logs -f api | grep error', true],
  ['docker compose exec -T redis redis-cli ping', true],
  ['cd /tmp && ls', true],
  ['docker compose exec -T redis redis-cli flushall', false],
  ['docker compose restart api', false],
  ['docker ps; docker kill x', false],
  ['$DO ps', false],
  ['QUEUE=mail', true],
  ['QUEUE=mail; COUNT=3', true],
  ['QUEUE=$(redis-cli get queue)', true],
  ['QUEUE=$(redis-cli hdel bull:mail:meta paused)', false],
  ['QUEUE=mail ./resume', false],
  ['echo a long text …', false],
  ['env', true],
  ['env | grep REDIS', true],
  ['env QUEUE=mail docker compose ps', true],
  ['env docker compose restart api', false],
  ['env -i QUEUE=mail ./resume', false],
  ['env -S "docker compose restart api"', false],
  ['/usr/bin/env bash -c "docker compose restart api"', false],
  ['node -e "queue.drain()"', false],
])('`%s` only looks: %s', (line, looks) => {
  expect(recognise(line).readsOnly).toBe(looks);
});
