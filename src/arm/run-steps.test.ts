import { expect, test } from 'vitest';

import { castName } from './run-steps.ts';

test('a transcript is named after its arm, its purpose, its place and its block', () => {
  const name = castName('queue-paused-t', '3.2 > Solution > bash[1]', {
    purpose: 'recovery',
    ordinal: 2,
    cutMs: undefined,
  });
  expect(name).toBe('queue-paused-t-recovery-2-3.2-Solution-bash-1.cast');
});

test('a step that is cut off has a transcript beside that of its full run', () => {
  const run = { purpose: 'repeat', ordinal: 1 } as const;
  const names = [500, undefined].map((cutMs) => castName('arm', '3.2 > Solution > bash[1]', { ...run, cutMs }));
  expect(new Set(names).size).toBe(2);
});
