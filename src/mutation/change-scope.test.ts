import { expect, test } from 'vitest';

import { changesOf, inNode } from './testing/mutants-of.ts';

const open = 'const queue = new Queue(process.env.QUEUE, { connection: { host: "redis" } });';
const everyKey = 'await (await queue.client).keys("*:meta")';
const other = 'new Queue(key.split(":")[1], { connection: await queue.client })';

test('does to every queue what one queue needs', async () => {
  const code = inNode('(async () => {', open, '  await queue.drain(true);', '  await queue.close();', '})();');
  expect(await changesOf(code, 'every-queue')).toEqual([
    `every-queue:9 for (const key of ${everyKey}) await ${other}.drain(true);`,
  ]);
});

test('takes the jobs of every queue', async () => {
  const code = inNode(
    '(async () => {',
    open,
    'for (const job of await queue.getFailed(0, 99)) await job.retry();',
    '})();',
  );
  expect(await changesOf(code, 'every-queue')).toEqual([
    `every-queue:9 for (const job of (await Promise.all((${everyKey}).map(async (key) => ${other}.getFailed(0, 99)))).flat()) await job.retry();`,
  ]);
});

test('takes every queue although the caller names one', async () => {
  const code = inNode('if (process.env.QUEUE === "all") walk(redis.scan("0")); else names.add(process.env.QUEUE);');
  expect(await changesOf(code, 'every-queue')).toEqual([
    'every-queue:7 if (true) walk(redis.scan("0")); else names.add(process.env.QUEUE);',
  ]);
});

test('leaves programs that walk over all queues, and calls that change nothing, alone', async () => {
  const code = inNode('(async () => {', open, 'await redis.scan("0");', 'await queue.pause();', '})();');
  expect(await changesOf(code, 'every-queue')).toEqual([]);
  expect(await changesOf(inNode('(async () => {', open, 'await queue.close();', '})();'), 'every-queue')).toEqual([]);
});

test('does to every service what one service needs', async () => {
  const code = [
    'docker compose restart -t 60 mail || exit 1',
    'docker compose up -d --no-deps "$SERVICE"',
    'docker compose ps mail',
    'docker compose exec mail sh',
    'docker compose stop',
  ].join('\n');
  expect(await changesOf(code, 'every-service')).toEqual([
    'every-service:6 docker compose restart -t 60 || exit 1',
    'every-service:7 docker compose up -d --no-deps',
  ]);
});

test('takes only the first of a list', async () => {
  const code = [
    'for service in mail bill cart; do docker compose restart "$service"; done',
    inNode(
      '(async () => {',
      'for (const name of process.env.QUEUES.split(" ")) f(name);',
      'for (const job of await queue.getFailed()) await job.retry();',
      'const some = await queue.getWaiting(0, 99), all = await queue.getDelayed();',
      '})();',
    ),
  ].join('\n');
  expect(await changesOf(code, 'first-only')).toEqual([
    'first-only:6 for service in mail bill; do docker compose restart "$service"; done',
    'first-only:9 for (const name of [...process.env.QUEUES.split(" ")].slice(0, 2)) f(name);',
    'first-only:10 for (const job of [...await queue.getFailed()].slice(0, 10)) await job.retry();',
    'first-only:11 const some = await queue.getWaiting(0, 9), all = await queue.getDelayed();',
    'first-only:11#2 const some = await queue.getWaiting(0, 99), all = await queue.getDelayed(0, 9);',
  ]);
});

test('leaves lists of one, sliced lists and text alone', async () => {
  const code = [
    'for service in mail; do echo "for a in b c; do"; done',
    inNode('for (const row of rows.slice(0, 5)) f("for (const a of b)");', 'await queue.getFailed(0, 4);'),
  ].join('\n');
  expect(await changesOf(code, 'first-only')).toEqual([]);
});
