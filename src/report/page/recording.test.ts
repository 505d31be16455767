import { describe, expect, test } from 'vitest';

import { joinCasts, type Recording } from './recording.ts';

const cast = (...events: readonly unknown[]): string =>
  [{ version: 2, width: 80, height: 24 }, ...events].map((line) => `${JSON.stringify(line)}\n`).join('');

function outputs(recording: Recording | undefined): readonly (readonly [number, string])[] {
  const [, ...events] = recording?.lines ?? [undefined];
  return events.filter((line) => line[1] === 'o').map(([time, , data]) => [time, data] as const);
}

test('transcripts follow each other at the times of the panel, each on a clear screen', () => {
  const recording = joinCasts(
    [
      { name: 'first', from: 2000, text: cast([0.5, 'o', 'a']) },
      { name: 'second', from: 5000, text: cast([0.25, 'o', 'b'], [0.3, 'i', 'typed']) },
    ],
    1000,
    100,
  );
  expect(outputs(recording)).toEqual([
    [1, '\u001bc'],
    [1.5, 'a'],
    [4, '\u001bc'],
    [4.25, 'b'],
  ]);
  expect(recording?.parts).toEqual([
    { name: 'first', from: 2000, to: 2500 },
    { name: 'second', from: 5000, to: 5250 },
  ]);
});

test('a transcript that lasts into the next one ends where that begins', () => {
  const recording = joinCasts(
    [
      { name: 'a', from: 0, text: cast([1, 'o', 'a'], [9, 'o', 'late']) },
      { name: 'b', from: 2000, text: cast([1, 'o', 'b']) },
    ],
    0,
    100,
  );
  expect(outputs(recording)).toEqual([
    [0, '\u001bc'],
    [1, 'a'],
    [2, 'late'],
    [2, '\u001bc'],
    [3, 'b'],
  ]);
});

test.each([
  ['short output', 'a\r\nb\r\n', 8],
  ['many lines', 'x\r\n'.repeat(15), 16],
  ['lines that wrap', `${'x'.repeat(800)}\r\n`, 11],
  ['more than a screen', 'x\r\n'.repeat(500), 24],
  ['a program that fills the screen', '\u001b[2J\u001b[H', 24],
  ['another screen', '\u001b[?1049h', 24],
  ['a prompt that takes pasted text', '\u001b[?2004h$ ', 8],
])('the terminal has no more rows than it needs: %s', (_, text, rows) => {
  expect(joinCasts([{ name: 'a', from: 0, text: cast([0, 'o', text]) }], 0, 10_000)?.rows).toBe(rows);
});

test('the terminal is as wide as the widest transcript', () => {
  const wide = cast().replace('"width":80', '"width":160');
  const recording = joinCasts(
    [
      { name: 'a', from: 0, text: cast() },
      { name: 'b', from: 1, text: wide },
    ],
    0,
    100,
  );
  expect(recording).toMatchObject({ cols: 160, rows: 8 });
});

test('output beyond the limit is left out, and the terminal says so', () => {
  const text = cast([0, 'o', '12345'], [1, 'o', `6789${'x'.repeat(50)}`], [2, 'o', 'never shown']);
  const all = outputs(joinCasts([{ name: 'a', from: 0, text }], 0, 12))
    .map(([, data]) => data)
    .join('');
  expect(all).toContain('123456789');
  expect(all).toMatch(/leaves out the rest/);
  expect(all).not.toMatch(/xx|never shown/);
});

describe('a damaged transcript', () => {
  test.each(['', 'no JSON\n', '[1,2]\n', '{"version":2'])('%j is left out', (text) => {
    expect(joinCasts([{ name: 'a', from: 0, text }], 0, 100)).toBeUndefined();
  });

  test('keeps the lines that can be read', () => {
    const text = `${cast([0, 'o', 'good'], ['x', 'o', 'bad'], [1, 'o', 5], null, [2, 'o', 'more'])}[3,"o","cut o`;
    expect(outputs(joinCasts([{ name: 'a', from: 0, text }], 0, 100)).map(([, data]) => data)).toEqual([
      '\u001bc',
      'good',
      'more',
    ]);
  });

  test('cannot ask for a terminal without end, nor go back in time', () => {
    const text = cast([5, 'o', 'a'], [1, 'o', 'b']).replace('"width":80,"height":24', '"width":1e9,"height":-3');
    const recording = joinCasts([{ name: 'a', from: 0, text }], 0, 100);
    expect(recording).toMatchObject({ cols: 400, rows: 8 });
    expect(outputs(recording).map(([time]) => time)).toEqual([0, 5, 5]);
  });
});

test('characters that change the writing direction are shown by their number', () => {
  const text = cast([0, 'o', 'a\u202egnp.exe\u2066']);
  const shown = outputs(joinCasts([{ name: '\u202e', from: 0, text }], 0, 100))
    .map(([, data]) => data)
    .join('');
  expect(shown).toContain(String.raw`a\u{202e}gnp.exe\u{2066}`);
});
