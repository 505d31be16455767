import { array, assert as check, integer, property } from 'fast-check';
import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';

import { harmfulIn, hostileText } from '../kernel/testing/hostile-text.ts';
import { renderSparkline } from './render-sparkline.ts';
import { at, picture, pictureWithGap, quietPicture } from './testing/sample-pictures.ts';

test('values, the alert and the fault stand one above the other', () => {
  const shown = picture({
    endS: at(10),
    points: Array.from({ length: 11 }, (_, minute) => ({ s: at(minute), value: minute < 4 ? 0 : 100 })),
    threshold: { operator: '>', value: 50 },
    bands: [
      { state: 'pending', fromS: at(4), untilS: at(6) },
      { state: 'firing', fromS: at(6), untilS: at(9) },
    ],
    onsetS: at(2),
    overS: at(8),
  });
  expect(renderSparkline(shown, 10 + '  peak 100, > 50'.length)).toBe('▁▁▁▁██████  peak 100, > 50\n  ! ░░██✓');
});

test('a stretch without a value is blank, and one between two far points is not', () => {
  const points = [0, 4, 6, 8, 10].map((minute) => ({ s: at(minute), value: minute === 6 ? undefined : 1 }));
  const [values] = renderSparkline(
    picture({ endS: at(10), points, threshold: undefined }),
    10 + '  peak 1'.length,
  ).split('\n');
  expect(values).toBe('██████  ██  peak 1');
});

test('a short firing is seen among many columns of time', () => {
  const bands = [{ state: 'firing', fromS: at(200), untilS: at(200.01) }] as const;
  expect(renderSparkline(quietPicture({ bands }), 60)).toContain('█');
});

test('nothing but values is one line', () => {
  expect(renderSparkline(quietPicture(), 60).split('\n')).toHaveLength(1);
});

test('colors change no character', () => {
  const plain = renderSparkline(pictureWithGap(), 80);
  const colored = renderSparkline(pictureWithGap(), 80, { color: true });
  expect(colored).not.toBe(plain);
  expect(stripVTControlCharacters(colored)).toBe(plain);
});

test('no line is wider than asked for, with whatever text', () => {
  check(
    property(
      integer({ min: 10, max: 200 }),
      array(hostileText, { minLength: 1, maxLength: 1 }),
      (width, [operator = '']) => {
        const text = renderSparkline(picture({ threshold: { operator, value: 5000 } }), width);
        expect(harmfulIn(text)).toEqual([]);
        for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(width);
      },
    ),
    { numRuns: 200 },
  );
});
