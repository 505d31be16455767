import { expect, test } from 'vitest';

import { createWorkQueue } from './work-queue.ts';

/** A queue in which capital letters are demanding. */
const queue = (items: readonly string[]) => createWorkQueue(items, (item) => item === item.toUpperCase());

test('items go out in their order', () => {
  const items = queue(['a', 'b']);
  expect([items.take(), items.take(), items.take()]).toEqual(['a', 'b', undefined]);
});

test('an empty queue gives nothing', () => {
  expect(queue([]).take()).toBeUndefined();
});

test('a demanding item waits while another one runs, and lighter items go before it', () => {
  const items = queue(['A', 'B', 'c', 'D', 'e']);
  expect([items.take(), items.take(), items.take()]).toEqual(['A', 'c', 'e']);
  items.done('c');
  // B and D are left for the sandbox that runs A.
  expect(items.take()).toBeUndefined();
  items.done('A');
  expect([items.take(), items.take()]).toEqual(['B', undefined]);
  items.done('B');
  expect([items.take(), items.take()]).toEqual(['D', undefined]);
});

test('no item is demanding unless the caller says which', () => {
  const items = createWorkQueue(['A', 'B']);
  expect([items.take(), items.take()]).toEqual(['A', 'B']);
});
