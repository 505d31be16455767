import { expect, test } from 'vitest';

import { createRandom, seedOf } from './random.ts';
import { createSchedule, shareRate } from './schedule.ts';

test('shares the rate by weight, and gives the other queues what a limit cuts off', () => {
  const queues = [
    { name: 'a', weight: 3 },
    { name: 'b', weight: 1 },
    { name: 'c', weight: 4, maxPerSecond: 2 },
  ];
  expect(shareRate(queues, 10)).toMatchObject([
    { name: 'a', perSecond: 6 },
    { name: 'b', perSecond: 2 },
    { name: 'c', perSecond: 2 },
  ]);
  expect(shareRate([{ name: 'a', weight: 1, maxPerSecond: 1 }], 10)).toMatchObject([{ name: 'a', perSecond: 1 }]);
});

test('gives each scenario its own seed, whichever others run', () => {
  const seeds = [seedOf(1, 'queue-paused'), seedOf(1, 'queues-paused'), seedOf(2, 'queue-paused'), seedOf(1, '')];
  expect(new Set(seeds).size).toBe(4);
  expect(seeds[0]).toBe(seedOf(1, 'queue-paused'));
  // FNV-1a of an empty text is its offset.
  expect(seeds[3]).toBe(0x811c9dc5 + 1);
});

function total(seed: number, slices: number): ReadonlyMap<string, number> {
  const next = createSchedule(
    [
      { name: 'slow', perSecond: 0.1 },
      { name: 'fast', perSecond: 5 },
    ],
    createRandom(seed),
  );
  const sum = new Map<string, number>();
  for (let slice = 0; slice < slices; slice += 1) {
    for (const [name, count] of next(100)) sum.set(name, (sum.get(name) ?? 0) + count);
  }
  return sum;
}

test('gives every queue one job at once, and then its rate', () => {
  expect([...total(1, 1).keys()]).toEqual(['slow', 'fast']);
  const hundredSeconds = total(1, 1000);
  expect(hundredSeconds.get('slow')).toBeGreaterThanOrEqual(10);
  expect(hundredSeconds.get('slow')).toBeLessThanOrEqual(12);
  expect(hundredSeconds.get('fast')).toBeGreaterThanOrEqual(500);
  expect(hundredSeconds.get('fast')).toBeLessThanOrEqual(502);
});

test('the same seed gives the same numbers, another seed gives others', () => {
  const draw = (seed: number): readonly number[] => {
    const random = createRandom(seed);
    return Array.from({ length: 5 }, random);
  };
  expect(draw(7)).toEqual(draw(7));
  expect(draw(7)).not.toEqual(draw(8));
  for (const value of draw(7)) expect(value >= 0 && value < 1).toBe(true);
});
