import { expect, test } from 'vitest';

import { Clocks } from './clocks.ts';
import { Positions } from './positions.ts';
import { renderClocks } from './render-clocks.ts';
import type { TimePanel } from './time-panel.ts';

function ticksOf(
  from: number,
  to: number,
  scale: number,
): readonly { readonly text: string; readonly minor: boolean }[] {
  const clocks = new Clocks([
    { t: from, s: 1_000_000 },
    { t: to, s: 1_000_000 + (to - from) * scale },
  ]);
  const bare = { id: 'p', title: '', note: undefined, marks: [], lanes: [], charts: [] };
  const panel: TimePanel = { ...bare, from, to, clocks, terminal: undefined, compared: undefined };
  const page = renderClocks(panel, new Positions()).toString();
  return [...page.matchAll(/class="tick (minor)?[^"]*">([\d:.]+)</g)].map(([, minor, text = '']) => ({
    text,
    minor: minor !== undefined,
  }));
}

test('sandbox time counts from the panel’s beginning, real time from that of the run', () => {
  const texts = ticksOf(60_000, 90_000, 10).map(({ text }) => text);
  expect(texts).toEqual(expect.arrayContaining(['0:00', '1:00', '1:05', '1:10']));
});

test.each([
  [0, 30_000],
  [7_641, 58_900],
  [0, 21_600_000],
  [100, 101],
])('from %i to %i ms a phone gets two to five times a clock', (from, to) => {
  const shown = ticksOf(from, to, 5).filter(({ minor }) => !minor);
  expect(shown.length).toBeGreaterThanOrEqual(2);
  expect(shown.length).toBeLessThanOrEqual(10);
});
