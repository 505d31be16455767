import { expect, test } from 'vitest';

import { Clocks } from './clocks.ts';

test('a clock that runs evenly needs two instants', () => {
  const clocks = new Clocks(Array.from({ length: 50 }, (_, index) => ({ t: index * 100, s: 5000 + index * 1000 })));
  expect(clocks.knots).toEqual([
    { t: 0, s: 5000 },
    { t: 4900, s: 54_000 },
  ]);
  expect(clocks.sandboxAt(250)).toBe(7500);
  expect(clocks.realAt(7500)).toBe(250);
});

test('a clock that changes its rate, and stands still, is followed', () => {
  const clocks = new Clocks([
    { t: 0, s: 0 },
    { t: 100, s: 1000 },
    { t: 200, s: 1100 },
    { t: 300, s: 1200 },
    { t: 400, s: 1200 },
    { t: 500, s: 2200 },
  ]);
  expect([50, 150, 350, 450].map((t) => clocks.sandboxAt(t))).toEqual([500, 1050, 1200, 1700]);
  expect(clocks.realAt(1050)).toBe(150);
});

test('times outside the record go on at the nearest rate', () => {
  const clocks = new Clocks([
    { t: 0, s: 1000 },
    { t: 100, s: 2000 },
  ]);
  expect(clocks.sandboxAt(-10)).toBe(900);
  expect(clocks.sandboxAt(110)).toBe(2100);
});
