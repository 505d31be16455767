import { expect, test } from 'vitest';

import { standstill } from './account-jobs.ts';

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
