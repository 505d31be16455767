import { expect, test } from 'vitest';

import { readClaim } from './claims.ts';
import { recordMoments, type RecordedMoment } from './testing/record-moments.ts';

const progresses = readClaim({ claim: 'progress', queues: ['mail'], value: true, text: 't' });
const standsStill = readClaim({ claim: 'progress', queues: ['mail'], value: false, text: 't' });
const samples = (...mails: readonly RecordedMoment['mail'][]) =>
  recordMoments(mails.map((mail, index) => ({ s: index * 5000, ...(mail ? { mail } : { redisUp: false }) })));

test('"completes jobs" holds once a job was completed in the window', () => {
  expect(progresses.holds(samples({ completed: 3 }, { completed: 3 }))).toBe(false);
  expect(progresses.holds(samples({ completed: 3 }, { completed: 4 }))).toBe(true);
});

test('"completes no jobs" holds when there is work and none of it was completed for 10 s', () => {
  const stuck = { waiting: 2, completed: 3 };
  expect(standsStill.holds(samples(stuck, stuck, stuck))).toBe(true);
  expect(standsStill.holds(samples(stuck, stuck, { waiting: 1, completed: 4 }))).toBe(false);
  expect(standsStill.holds(samples({ paused: 2 }, { paused: 2 }, { paused: 2 }))).toBe(true);
});

test('"completes no jobs" does not hold for a queue without work', () => {
  expect(standsStill.holds(samples({}, {}, {}))).toBe(false);
});

test('"completes no jobs" is unknown for a record shorter than 10 s, and while Redis is away', () => {
  expect(standsStill.holds(samples({ waiting: 2 }, { waiting: 2 }))).toBeUndefined();
  expect(standsStill.holds(samples({ waiting: 2 }, { waiting: 2 }, { waiting: 2 }, undefined))).toBeUndefined();
});
