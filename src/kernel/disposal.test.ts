import { expect, test } from 'vitest';

import { Cleanup } from './disposal.ts';
import { pollUntil } from './poll-until.ts';

const never = (): Promise<never> => new Promise(() => undefined);
const fail = (message: string) => () => Promise.reject(new Error(message));
const messagesOf = (errors: readonly Error[]): readonly string[] => errors.map(({ message }) => message);

test('runs every step, the last added first, each under its own deadline, and returns every error', async () => {
  const done: string[] = [];
  const cleanup = new Cleanup();
  cleanup.add('the first', 1000, async () => void done.push('first'));
  cleanup.add('a step that hangs', 10, never);
  cleanup.add('a step that fails', 1000, fail('no'));
  cleanup.add('the last', 1000, async () => void done.push('last'));
  const errors = await cleanup.run();
  expect(done).toEqual(['last', 'first']);
  expect(messagesOf(errors)).toEqual(['a step that fails: no', 'a step that hangs did not happen within 10 ms']);
  expect(await cleanup.run()).toEqual([]);
});

test('a step that runs ahead of the others runs once, and throws its own error', async () => {
  const done: string[] = [];
  const cleanup = new Cleanup();
  const early = cleanup.add('early', 1000, async () => void done.push('early'));
  // The same words name another step: the handle decides, not the text.
  cleanup.add('early', 1000, async () => void done.push('late'));
  const failing = cleanup.add('failing', 1000, fail('no'));
  await early.now();
  expect(done).toEqual(['early']);
  await early.now();
  await expect(failing.now()).rejects.toThrow(/^no$/);
  expect(await cleanup.run()).toEqual([]);
  expect(done).toEqual(['early', 'late']);
  await early.now();
  expect(done).toEqual(['early', 'late']);
});

test('in a hurry every step gets its hurried deadline, also the one that is running, and a step without one is skipped', async () => {
  const hurry = new AbortController();
  const done: string[] = [];
  const cleanup = new Cleanup(hurry.signal);
  const remove = (): Promise<void> =>
    pollUntil(() => done.push('removed'), { what: 'it', withinMs: 1000 }).then(() => undefined);
  cleanup.add('an essential step', 5000, remove, 5000);
  cleanup.add('a step that hangs', 60_000, never, 20);
  cleanup.add('a step that can be skipped', 60_000, async () => void done.push('logs'), 0);
  cleanup.add('the running step', 60_000, () => (hurry.abort(), never()), 10);
  const errors = await cleanup.run();
  expect(done).toEqual(['removed']);
  expect(messagesOf(errors)).toEqual([
    'the running step did not happen within 10 ms',
    'a step that hangs did not happen within 20 ms',
  ]);
});

test('`await using` runs the steps at the end of the block, and throws every error', async () => {
  const done: string[] = [];
  const block = async (...failing: readonly string[]): Promise<void> => {
    await using cleanup = new Cleanup();
    cleanup.add('the first', 1000, async () => void done.push('first'));
    for (const what of failing) cleanup.add(what, 1000, fail('no'));
    done.push('body');
  };
  await block();
  expect(done).toEqual(['body', 'first']);
  await expect(block('one')).rejects.toThrow(/^one: no$/);
  await expect(block('one', 'two')).rejects.toThrow(/^two: no; one: no$/);
  expect(done).toEqual(['body', 'first', 'body', 'first', 'body', 'first']);
});
