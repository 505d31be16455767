import { expect, test } from 'vitest';

import { DeadlineError } from './errors.ts';
import { pollUntil } from './poll-until.ts';

const never = (): Promise<never> => new Promise(() => undefined);

test('returns what the probe found, and tries again after an error', async () => {
  let tries = 0;
  const probe = (): string | undefined => {
    tries += 1;
    if (tries === 1) throw new Error('not yet');
    return tries === 3 ? 'found' : undefined;
  };
  expect(await pollUntil(probe, { what: 'it', withinMs: 5000, everyMs: 1 })).toBe('found');
});

test('the deadline ends a probe that hangs, and keeps the last error', async () => {
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
