import { expect, test } from 'vitest';

import { changesOf, inNode } from './testing/mutants-of.ts';

const open = 'const queue = new Queue(process.env.QUEUE, { connection: { host: "redis" } });';
const program = (...lines: readonly string[]): string => inNode('(async () => {', open, ...lines, '})();');
const inPrograms = ['extra-promote', 'extra-retry', 'extra-clean', 'extra-pause', 'extra-concurrency', 'extra-setting'];

test('calls the queue once more, before it closes it', async () => {
  expect(await changesOf(program('await queue.resume();', 'await queue.close();'), ...inPrograms)).toEqual([
    'extra-promote:10 await queue.promoteJobs(); await queue.close();',
    'extra-retry:10 await queue.retryJobs(); await queue.close();',
    'extra-clean:10 await queue.clean(0, 1000, "failed"); await queue.close();',
    'extra-pause:10 await queue.pause(); await new Promise((done) => setTimeout(done, 30000)); await queue.resume(); await queue.close();',
    'extra-concurrency:10 await queue.setGlobalConcurrency(1); await queue.close();',
    'extra-setting:10 await (await queue.client).config("SET", "timeout", "300"); await queue.close();',
  ]);
});

test('calls it where the program opens it if it never closes it', async () => {
  expect(await changesOf(program('for (const job of jobs) await job.remove();'), 'extra-promote')).toEqual([
    `extra-promote:8 ${open} await queue.promoteJobs();`,
  ]);
});

test('leaves out what the program does anyway, and a pause for each of all queues', async () => {
  const code = program('await redis.scan("0");', 'await job.retry();', 'await queue.setGlobalConcurrency(1);');
  expect(await changesOf(code, 'extra-retry', 'extra-concurrency', 'extra-pause')).toEqual([]);
});

test('leaves a program that changes nothing alone', async () => {
  expect(await changesOf(program('await queue.getFailed();', 'await queue.close();'), ...inPrograms)).toEqual([]);
});

test('restarts another service besides', async () => {
  const code = [
    'docker compose ps mail',
    'docker compose restart mail || exit 1',
    program('await queue.resume();'),
    'if docker compose stop mail; then sleep 1; fi',
  ].join('\n');
  expect(await changesOf(code, 'extra-restart')).toEqual([
    'extra-restart:7 docker compose restart cart; docker compose restart mail || exit 1',
    "extra-restart:8 docker compose restart cart; docker compose exec -T api node -e '",
  ]);
});

test('changes a further setting of Redis', async () => {
  const code = 'docker compose exec -T redis redis-cli config set maxmemory 8gb\nredis-cli config get maxmemory';
  expect(await changesOf(code, 'extra-setting')).toEqual([
    'extra-setting:6 docker compose exec -T redis redis-cli config set timeout 300; docker compose exec -T redis redis-cli config set maxmemory 8gb',
  ]);
});

test('waits before the cure, and before nothing else', async () => {
  const code = [
    'docker compose ps mail',
    'docker compose start mail',
    program('await queue.resume();'),
    program('await queue.getFailed();'),
    'redis-cli config get maxmemory',
  ].join('\n');
  expect(await changesOf(code, 'extra-wait')).toEqual([
    'extra-wait:7 sleep 60; docker compose start mail',
    "extra-wait:8 sleep 60; docker compose exec -T api node -e '",
  ]);
});
