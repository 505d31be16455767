import { expect, test } from 'vitest';

import { createSandboxClock } from './clock.ts';
import { Cleanup } from './disposal.ts';
import { DeadlineError, formatError, InputError } from './errors.ts';
import { pollUntil } from './poll-until.ts';

const never = (): Promise<never> => new Promise(() => undefined);

test('polling returns what the probe found, and tries again after an error', async () => {
  let tries = 0;
  const probe = (): string | undefined => {
    tries += 1;
    if (tries === 1) throw new Error('not yet');
    return tries === 3 ? 'found' : undefined;
  };
  expect(await pollUntil(probe, { what: 'it', withinMs: 5000, everyMs: 1 })).toBe('found');
});

test('the deadline bounds a probe that hangs, and keeps the last error', async () => {
  await expect(pollUntil(never, { what: 'it', withinMs: 20 })).rejects.toThrow(DeadlineError);
  const refused = new Error('refused');
  const failing = pollUntil(() => Promise.reject(refused), { what: 'the port', withinMs: 30, everyMs: 1 });
  await expect(failing).rejects.toMatchObject({
    message: expect.stringMatching(/^the port did not happen within/) as string,
    cause: refused,
  });
});

test('an abort ends the polling with its reason', async () => {
  const reason = new Error('interrupted');
  await expect(pollUntil(never, { what: 'it', withinMs: 60_000, signal: AbortSignal.abort(reason) })).rejects.toBe(
    reason,
  );
});

test('cleaning up runs every step, the last first, each under its deadline, and tells every error', async () => {
  const done: string[] = [];
  const cleanup = new Cleanup();
  cleanup.add('the first', 1000, async () => void done.push('first'));
  cleanup.add('what hangs', 10, never);
  cleanup.add('what fails', 1000, () => Promise.reject(new Error('no')));
  cleanup.add('what was done already', 1000, async () => void done.push('early'));
  await cleanup.runNow('what was done already');
  const errors = await cleanup.run();
  expect(done).toEqual(['early', 'first']);
  expect(errors.map(({ message }) => message)).toEqual([
    'what fails: Error: no',
    'what hangs did not happen within 10 ms',
  ]);
  expect(await cleanup.run()).toEqual([]);
});

test('in a hurry each step gets its hurried deadline alone, also the one under way, and what gets none is not begun', async () => {
  const hurry = new AbortController();
  const done: string[] = [];
  const cleanup = new Cleanup(hurry.signal);
  cleanup.add(
    'what must be',
    5000,
    () => pollUntil(() => done.push('removed'), { what: 'it', withinMs: 1000 }).then(() => undefined),
    5000,
  );
  cleanup.add('what hangs', 60_000, never, 20);
  cleanup.add('what is only nice to have', 60_000, async () => void done.push('logs'), 0);
  cleanup.add('what is under way', 60_000, () => (hurry.abort(), never()), 10);
  const errors = await cleanup.run();
  expect(done).toEqual(['removed']);
  expect(errors.map(({ message }) => message)).toEqual([
    'what is under way did not happen within 10 ms',
    'what hangs did not happen within 20 ms',
  ]);
});

test('the sandbox clock converts both ways', () => {
  const clock = createSandboxClock(20, 1_000_000, process.hrtime.bigint());
  expect(clock.toRealMs(30_000)).toBe(1500);
  expect(clock.toSandboxMs(1500)).toBe(30_000);
  expect(clock.now()).toBeGreaterThanOrEqual(1_000_000);
});

test('an error is one line: place, message, next step, code', () => {
  const error = new InputError('no range', {
    code: 'X',
    location: { file: 'r.md', line: 3, column: 5 },
    next: 'write one',
  });
  expect(formatError(error)).toBe('r.md:3:5: no range; write one [X]');
  expect(formatError('odd')).toBe('odd');
});
