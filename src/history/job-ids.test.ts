import { expect, test } from 'vitest';

import { createJobIds, isOwnJobId, jobIdOf, jobIdPrefix } from './job-ids.ts';

test('recognises the ids that Drillbook gives, in both arms', () => {
  for (const arm of ['treatment', 'control'] as const)
    expect(isOwnJobId(jobIdOf(jobIdPrefix('redis-cut-12s', arm), 7))).toBe(true);
});

test('gives each id once, and counts each prefix by itself', () => {
  const nextId = createJobIds();
  expect([nextId('a-treatment'), nextId('a-control'), nextId('a-treatment')]).toEqual([
    'a-treatment-1',
    'a-control-1',
    'a-treatment-2',
  ]);
});

test.each(['12', 'repeat:mail:1', 'queue-paused-treatment-7-again', 'queue-paused-treatment-', 'a7e0-control'])(
  '%s is not an id that Drillbook gives',
  (id) => {
    expect(isOwnJobId(id)).toBe(false);
  },
);
