import { expect, test } from 'vitest';

import { changesOf, inNode } from './testing/mutants-of.ts';

const open = 'const queue = new Queue(process.env.QUEUE, { connection: { host: "redis" } });';

test('adds a job again instead of retrying it, without some of its options', async () => {
  const code = inNode('(async () => {', open, 'for (const job of failed) await job.retry("failed");', '})();');
  const added = (options: string): string =>
    `for (const job of failed) await job.remove().then(() => queue.add(job.name, job.data, { ...job.opts, jobId: job.id, ${options} }));`;
  expect(await changesOf(code, 'lose-options')).toEqual([
    `lose-options:9 ${added('attempts: undefined')}`,
    `lose-options:9#2 ${added('backoff: undefined')}`,
    `lose-options:9#3 ${added('removeOnComplete: undefined, removeOnFail: undefined')}`,
  ]);
});

test('leaves out options that a program passes on', async () => {
  const code = inNode(
    '(async () => {',
    open,
    'await queue.add(job.name, job.data, { ...job.opts, jobId: job.id });',
    'await queue.add(job.name, job.data, job.opts);',
    '})();',
  );
  const changes = await changesOf(code, 'lose-options');
  expect(changes).toHaveLength(6);
  expect(changes).toContain(
    'lose-options:9#2 await queue.add(job.name, job.data, { ...({ ...job.opts, backoff: undefined }), jobId: job.id });',
  );
  expect(changes).toContain(
    'lose-options:10 await queue.add(job.name, job.data, ({ ...job.opts, attempts: undefined }));',
  );
});

test('leaves looks at options, and retries of an unknown queue alone', async () => {
  const code = inNode(
    '(async () => {',
    open,
    'console.log(`${job.id} priority ${job.opts.priority ?? 0}`);',
    'await queue.add("tick", {}, { priority: job.opts.priority });',
    '})();',
  );
  expect(await changesOf(code, 'lose-options')).toEqual([]);
  expect(await changesOf(inNode('for (const job of failed) await job.retry();'), 'lose-options')).toEqual([]);
});
