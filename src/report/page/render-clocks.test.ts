import { describe, expect, test } from 'vitest';

import { Clocks } from './clocks.ts';
import { Positions } from './positions.ts';
import { renderClocks } from './render-clocks.ts';
import type { TimePanel } from './time-panel.ts';

interface ShownTick {
  readonly text: string;
  readonly minor: boolean;
}

/** The ticks of each ruler. */
function rulersOf(from: number, to: number, scale: number): Readonly<Record<'Sandbox' | 'Real', readonly ShownTick[]>> {
  const clocks = new Clocks([
    { t: from, s: 1_000_000 },
    { t: to, s: 1_000_000 + (to - from) * scale },
  ]);
  const bare = { id: 'p', title: '', note: undefined, marks: [], lanes: [], charts: [] };
  const panel: TimePanel = { ...bare, from, to, clocks, terminal: undefined, compared: undefined };
  const [, sandbox = '', real = ''] = renderClocks(panel, new Positions()).toString().split('class="track ruler"');
  expect([sandbox, real].map((ruler) => /track-name">(\w+)</.exec(ruler)?.[1])).toEqual(['Sandbox', 'Real']);
  return { Sandbox: ticksIn(sandbox), Real: ticksIn(real) };
}

function ticksIn(ruler: string): readonly ShownTick[] {
  return [...ruler.matchAll(/class="tick (minor)?[^"]*">([\d:.]+)</g)].map(([, minor, text = '']) => ({
    text,
    minor: minor !== undefined,
  }));
}

test('sandbox time counts from the panel’s beginning, real time from that of the run', () => {
  const { Sandbox, Real } = rulersOf(60_000, 90_000, 10);
  const texts = (ticks: readonly ShownTick[]): readonly string[] => ticks.map(({ text }) => text);
  expect(texts(Sandbox).slice(0, 3)).toEqual(['0:00', '1:00', '2:00']);
  expect(texts(Real).slice(0, 3)).toEqual(['1:00', '1:05', '1:10']);
});

describe.each(['Sandbox', 'Real'] as const)('the ruler %s', (name) => {
  test.each([
    [0, 30_000],
    [7_641, 58_900],
    [0, 21_600_000],
  ])('has two to four times on a phone, from %i to %i ms', (from, to) => {
    const shown = rulersOf(from, to, 5)[name].filter(({ minor }) => !minor);
    expect(shown.length).toBeGreaterThanOrEqual(2);
    expect(shown.length).toBeLessThanOrEqual(4);
  });

  test('has one time if the panel is shorter than the times tell apart', () => {
    expect(rulersOf(100, 101, 5)[name]).toEqual([{ text: name === 'Real' ? '0:00.1' : '0:00', minor: false }]);
  });
});
