import { expect, test } from 'vitest';

import { createWorkQueue } from './work-queue.ts';

const queue = (items: readonly string[]) => createWorkQueue(items, (item) => item === item.toUpperCase());

test('items go out in their order', () => {
  const items = queue(['a', 'b']);
  expect([items.take(), items.take(), items.take()]).toEqual(['a', 'b', undefined]);
});

test('a demanding one waits while another is at work, and others go before it', () => {
  const items = queue(['A', 'B', 'c', 'D', 'e']);
  expect([items.take(), items.take(), items.take()]).toEqual(['A', 'c', 'e']);
  items.done('c');
  // What is left is for whoever is at work on A.
  expect(items.take()).toBeUndefined();
  items.done('A');
  expect([items.take(), items.take()]).toEqual(['B', undefined]);
  items.done('B');
  expect([items.take(), items.take()]).toEqual(['D', undefined]);
});
