import { expect, test } from 'vitest';

import { watchEndSignals } from './end-reason.ts';

const kinds = ['interrupted', 'engine-lost', 'history-broken'] as const;

function controllers() {
  const made = {
    interrupted: new AbortController(),
    'engine-lost': new AbortController(),
    'history-broken': new AbortController(),
  };
  const signals = {
    interrupted: made.interrupted.signal,
    'engine-lost': made['engine-lost'].signal,
    'history-broken': made['history-broken'].signal,
  };
  return { made, signals };
}

test('there is no reason while no signal has aborted', () => {
  using watch = watchEndSignals(controllers().signals);
  expect(watch.reason).toBeUndefined();
  expect(watch.signal.aborted).toBe(false);
});

test.each(kinds)('%s is the reason if it comes first, whatever aborts after it', (kind) => {
  const { made, signals } = controllers();
  using watch = watchEndSignals(signals);
  const error = new Error(kind);
  made[kind].abort(error);
  for (const later of Object.values(made)) later.abort(new Error('later'));
  expect(watch.reason).toEqual({ kind, error });
  expect(watch.signal.reason).toBe(error);
});

test('a signal that has aborted before counts as well', () => {
  const { made, signals } = controllers();
  made.interrupted.abort(new Error('early'));
  using watch = watchEndSignals(signals);
  expect(watch.reason).toMatchObject({ kind: 'interrupted' });
  expect(watch.signal.aborted).toBe(true);
});

test('after disposal no abort changes the reason', () => {
  const { made, signals } = controllers();
  const watch = watchEndSignals(signals);
  watch[Symbol.dispose]();
  made.interrupted.abort(new Error('late'));
  expect(watch.reason).toBeUndefined();
});
