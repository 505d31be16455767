import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';

import { runAll } from './run-all.ts';

const never = new AbortController().signal;

test('starts all items at once, and keeps their order in the results', async () => {
  const begun: number[] = [];
  const results = await runAll([1, 2, 3], never, async (item) => {
    begun.push(item);
    while (begun.length < 3) await turn();
    return item * 10;
  });
  expect(results).toEqual([10, 20, 30]);
});

test('the first failure aborts the others, and is thrown when all have settled', async () => {
  const ended: string[] = [];
  const first = new Error('first');
  const work = (item: string, signal: AbortSignal): Promise<never> =>
    new Promise((_, reject) => {
      if (item === 'bad') reject(first);
      signal.addEventListener('abort', () => {
        ended.push(item);
        reject(new Error('after it'));
      });
    });
  await expect(runAll(['one', 'bad', 'other'], never, work)).rejects.toBe(first);
  expect(ended.filter((item) => item !== 'bad')).toEqual(['one', 'other']);
});

test('an abort from outside reaches every item', async () => {
  const all = new AbortController();
  const reason = new Error('interrupted');
  const running = runAll([1, 2], all.signal, async (_, signal) => {
    while (!signal.aborted) await turn();
    throw signal.reason;
  });
  all.abort(reason);
  await expect(running).rejects.toBe(reason);
});
