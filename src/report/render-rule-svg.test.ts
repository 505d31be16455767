import { array, assert as check, property } from 'fast-check';
import { describe, expect, test } from 'vitest';

import { harmfulIn, hostileText } from '../kernel/testing/hostile-text.ts';
import { realTimeAt, type AlertPicture } from '../alerts/alert-picture.ts';
import { renderRuleSvg } from './render-rule-svg.ts';
import { at, picture, pictureWithGap, quietPicture } from './testing/sample-pictures.ts';
import { tagsOf } from './testing/tags-of.ts';

/** Pixels of the values of an attribute, for each element of a class. */
function attributes(svg: string, element: string, attribute: string): readonly number[] {
  return [...svg.matchAll(new RegExp(`<${element}"[^>]* ${attribute}="([-\\d.]+)"`, 'g'))].map(([, value]) =>
    Number(value),
  );
}

/** The instants that a ruler shows, ms, with where their marks stand. */
function ticksOf(svg: string, clock: 'sandbox' | 'real'): readonly { readonly ms: number; readonly x: number }[] {
  const [, ruler = ''] = new RegExp(`<g class="clock ${clock}">(.*?)</g>`, 's').exec(svg) ?? [];
  return [...ruler.matchAll(/x1="([\d.]+)" x2="\1"[^>]*\/><text[^>]*>([\d:.]+)</g)].map(([, x, text = '']) => ({
    ms: text.split(':').reduce((sum, part) => sum * 60 + Number(part), 0) * 1000,
    x: Number(x),
  }));
}

/** Reads an instant off a ruler, as a person with a straightedge does. */
function readOff(svg: string, clock: 'sandbox' | 'real', x: number): number {
  const ticks = ticksOf(svg, clock);
  const [first, last] = [ticks[0], ticks.at(-1)];
  if (!first || !last) throw new Error(`the ruler ${clock} has no instants`);
  return first.ms + ((x - first.x) / (last.x - first.x)) * (last.ms - first.ms);
}

describe('both clocks', () => {
  test.each([
    ['onset', 2],
    ['middle', 13.5],
    ['end', 29.75],
  ])('can be read off at the %s', (_, minutes) => {
    const shown = picture({ onsetS: at(minutes), overS: undefined });
    const svg = renderRuleSvg(shown);
    const [x = NaN] = attributes(svg, 'line class="fault', 'x1');
    expect(Math.abs(readOff(svg, 'sandbox', x) - minutes * 60_000)).toBeLessThan(1000);
    expect(Math.abs(readOff(svg, 'real', x) - realTimeAt(shown, at(minutes)))).toBeLessThan(100);
  });

  test('have several round times each, at each width', () => {
    for (const width of [320, 360, 760, 1032]) {
      const svg = renderRuleSvg(picture(), { width });
      for (const clock of ['sandbox', 'real'] as const) {
        const ticks = ticksOf(svg, clock);
        expect(ticks.length).toBeGreaterThanOrEqual(3);
        const gaps = ticks.slice(1).map(({ x }, index) => x - (ticks[index]?.x ?? 0));
        expect(Math.min(...gaps)).toBeGreaterThan(50);
      }
    }
  });
});

describe('the line', () => {
  const path = (shown: AlertPicture): string => /class="series" d="([^"]*)"/.exec(renderRuleSvg(shown))?.[1] ?? '';

  test('breaks where the expression has no value', () => {
    expect(path(picture()).match(/M/g)).toHaveLength(1);
    expect(path(pictureWithGap()).match(/M/g)).toHaveLength(2);
  });

  test('shows a lone value as a dot', () => {
    const points = [undefined, 7, undefined].map((value, index) => ({ s: at(index), value }));
    expect(path(picture({ points }))).toMatch(/^M[\d.]+ [\d.]+h0$/);
  });

  test('has no value where that is not finite', () => {
    const points = [1, NaN, Infinity, 2].map((value, index) => ({ s: at(index), value }));
    expect(path(picture({ points })).match(/M/g)).toHaveLength(2);
  });

  test('of a day fits a small file and keeps its peak', () => {
    const points = Array.from({ length: 86_400 }, (_, second) => ({
      s: at(0) + second * 1000,
      value: second === 43_210 ? 9000 : second % 7,
    }));
    const svg = renderRuleSvg(quietPicture({ endS: at(1440), points }));
    expect(svg.length).toBeLessThan(50_000);
    const heights = [...svg.matchAll(/[ML][\d.]+ ([\d.]+)/g)].map(([, y]) => Number(y));
    expect(heights.filter((y) => y < Math.min(...heights) + 1)).toHaveLength(1);
  });

  test('is empty without points', () => {
    expect(path(picture({ points: [] }))).toBe('');
    expect(renderRuleSvg(picture({ points: [] }))).toContain('The expression has no value here');
  });
});

describe('bands', () => {
  const edges = (shown: AlertPicture, state: string): readonly (readonly [number, number])[] => {
    const svg = renderRuleSvg(shown);
    const wide = attributes(svg, `rect class="${state} wash`, 'width');
    return attributes(svg, `rect class="${state} wash`, 'x').map((x, index) => [x, x + (wide[index] ?? NaN)]);
  };
  const [left, right] = [76, 694];

  test('are cut at the edges of the picture', () => {
    const bands = [
      { state: 'pending', fromS: at(-10), untilS: at(3) },
      { state: 'firing', fromS: at(15), untilS: at(99) },
      { state: 'firing', fromS: at(31), untilS: undefined },
      { state: 'pending', fromS: at(-3), untilS: at(0) },
    ] as const;
    expect(edges(picture({ bands }), 'pending')).toEqual([[left, left + (right - left) / 10]]);
    expect(edges(picture({ bands }), 'firing')).toEqual([[(left + right) / 2, right]]);
  });

  test('go on to the end if the recording ended before', () => {
    const shown = picture({ bands: [{ state: 'firing', fromS: at(15), untilS: undefined }] });
    expect(edges(shown, 'firing')).toEqual([[(left + right) / 2, right]]);
    expect(renderRuleSvg(shown)).toMatch(/firing 15:00 \+.*/s);
  });

  test('are named in words, and their absence too', () => {
    expect(renderRuleSvg(picture())).toContain('pending from 8:00 to 18:00, firing from 18:00 to 25:00');
    expect(renderRuleSvg(quietPicture())).toContain('never pending');
  });
});

test('the threshold stands at its value, with its number', () => {
  const svg = renderRuleSvg(
    picture({
      points: [
        { s: at(0), value: 0 },
        { s: at(1), value: 20_000 },
      ],
    }),
  );
  const [at20k = NaN, at0 = NaN] = [...svg.matchAll(/[ML][\d.]+ ([\d.]+)/g)].map(([, y]) => Number(y)).toReversed();
  const [limit = NaN] = attributes(svg, 'line class="limit', 'y1');
  expect((at0 - limit) / (at0 - at20k)).toBeCloseTo(0.25, 2);
  expect(svg).toContain('>&gt; 5000</text>');
});

test('marks outside the picture are left out, and labels do not overlap', () => {
  expect(renderRuleSvg(picture({ onsetS: at(-1), overS: at(31) }))).not.toMatch(/class="(?:fault|recovery)"/);
  const svg = renderRuleSvg(picture({ onsetS: at(10), overS: at(10.5) }));
  const [fault, recovery] = [
    attributes(svg, 'text class="fault-text', 'y'),
    attributes(svg, 'text class="recovery-text', 'y'),
  ];
  expect(fault).not.toEqual(recovery);
});

test('an arm without any length is still a picture', () => {
  const svg = renderRuleSvg(picture({ endS: at(0), points: [], bands: [], threshold: { operator: '>', value: NaN } }));
  expect(svg).not.toMatch(/="[^"]*(?:NaN|Infinity)/);
});

test('the file stands alone', () => {
  const svg = renderRuleSvg(picture());
  expect(svg.match(/https?:[^"]*/g)).toEqual(['http://www.w3.org/2000/svg']);
  expect(svg).not.toMatch(/<script|url\(|@import|href|<image/);
  expect(svg).toContain('prefers-color-scheme:dark');
  expect(svg).toMatch(/role="img" aria-labelledby="picture-title picture-desc"/);
});

test('hostile text is plain text', () => {
  const of = ([rule = 'z', expr = 'z', wait = 'z', scenario = 'z', operator = 'z']: readonly string[]): string =>
    renderRuleSvg(picture({ rule, expr, for: wait, scenario, threshold: { operator, value: 5 }, points: [] }));
  const benign = tagsOf(of([]));
  check(
    property(array(hostileText, { minLength: 5, maxLength: 5 }), (texts) => {
      const svg = of(texts);
      expect(harmfulIn(svg)).toEqual([]);
      expect(tagsOf(svg)).toEqual(benign);
    }),
    { numRuns: 200, seed: 4 },
  );
});
