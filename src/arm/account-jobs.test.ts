import { expect, test } from 'vitest';

import { areAllowedRetries, standstill } from './account-jobs.ts';

/** A fleet and a clock that the test sets by hand. */
function fleetOf(unfinished: number, delayed: number) {
  const fleet = { unfinished, delayed, nowMs: 0 };
  const view = { unfinished: () => fleet.unfinished, delayed: () => fleet.delayed };
  return { fleet, isOver: standstill(view, { now: () => fleet.nowMs }) };
}

test('the wait is over at once when no job is left', () => {
  expect(fleetOf(0, 0).isOver()).toBe(true);
});

test('the wait is over when no job has moved for 70 s', () => {
  const { fleet, isOver } = fleetOf(2, 0);
  expect(isOver()).toBe(false);
  fleet.nowMs = 50_000;
  fleet.unfinished = 1;
  expect(isOver()).toBe(false);
  fleet.nowMs += 69_999;
  expect(isOver()).toBe(false);
  fleet.nowMs += 1;
  expect(isOver()).toBe(true);
});

test('the wait goes on while a job is delayed, however long that takes', () => {
  const { fleet, isOver } = fleetOf(1, 1);
  expect(isOver()).toBe(false);
  fleet.nowMs = 600_000;
  expect(isOver()).toBe(false);
});

test('a delayed job that becomes due starts the 70 s again', () => {
  const { fleet, isOver } = fleetOf(1, 1);
  expect(isOver()).toBe(false);
  fleet.nowMs = 600_000;
  // It is active now: as many jobs are left as before.
  fleet.delayed = 0;
  expect(isOver()).toBe(false);
  fleet.nowMs += 69_999;
  expect(isOver()).toBe(false);
  fleet.nowMs += 1;
  expect(isOver()).toBe(true);
});

test.each([
  { what: 'late retries within the allowance', left: 2, delayed: 2, allowed: 2, due: [2_000_000, 900_000], ends: true },
  { what: 'more late retries than are allowed', left: 3, delayed: 3, allowed: 2, due: [2e6, 2e6, 2e6], ends: false },
  { what: 'a retry that will be waited for', left: 2, delayed: 2, allowed: 2, due: [2_000_000, 458_000], ends: false },
  { what: 'a delayed job that was never tried', left: 2, delayed: 2, allowed: 2, due: [2_000_000], ends: false },
  { what: 'a job that is at work', left: 2, delayed: 1, allowed: 2, due: [2_000_000], ends: false },
])('the wait ends: $ends, with $what', ({ left, delayed, allowed, due, ends }) => {
  expect(areAllowedRetries({ left, delayed, allowed }, due)).toBe(ends);
});
