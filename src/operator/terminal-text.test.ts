import { assert as check, array, constantFrom, oneof, property, string } from 'fast-check';
import { expect, test } from 'vitest';

import { withinTime } from '../kernel/within-time.ts';
import { lastLines, readTerminal } from './terminal-text.ts';

const pieces = [
  '\u001b',
  '[',
  ']',
  '0;',
  '31m',
  '\u0007',
  '\u001b\\',
  'P',
  'X',
  '^',
  '_',
  ' ',
  '(',
  '\u009b',
  '\r',
  '\n',
  '\b',
  '\0',
  'text',
  '\ud800',
];
const outputs = array(
  oneof({ weight: 5, arbitrary: constantFrom(...pieces) }, string({ unit: 'binary', maxLength: 10 })),
  { maxLength: 60 },
).map((list) => list.join(''));

test('removes control characters from any output', () => {
  check(
    property(outputs, (raw) => {
      const read = readTerminal(raw);
      expect(read).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
      expect(read.length).toBeLessThanOrEqual(raw.length);
      lastLines(read, 3, 20);
    }),
    { numRuns: 1000, seed: 4 },
  );
});

test.each([
  ['colours and a title', '\u001b[1;31mred\u001b[0m \u001b]0;owned\u0007and \u009b32mgreen', 'red and green'],
  ['line ends', 'a\r\r\nb\rc\n\r\nd\r\r', 'a\nb\nc\n\nd\n\n'],
  [
    'a spinner',
    '\u001b[1G\u001b[0K\\\u001b[1G\u001b[0K|\u001b[1G\u001b[0Knpm error\n\u001b[1G\u001b[0K/',
    'npm error\n/',
  ],
  ['a sequence that never ends', 'seen \u001b]0;a title without end', 'seen '],
  ['an incomplete sequence', '\u001b[1;2', '1;2'],
])('reads %s', (_, raw, read) => {
  expect(readTerminal(raw)).toBe(read);
});

const many = 256 * 1024;
test.each([
  ['carriage returns', '\r'.repeat(many)],
  ['frames of a spinner', '\u001b[1G\u001b[0K|'.repeat(many / 8)],
  ['beginnings of sequences', '\u001b['.repeat(many / 2)],
  ['parameters without end', `\u001b[${'1;'.repeat(many / 2)}`],
  ['intermediates without end', `\u001b${' '.repeat(many)}`],
  ['titles without end', '\u001b]'.repeat(many / 2)],
  ['blanks', ' '.repeat(many)],
])('reads a whole screen of %s quickly', (_, raw) => {
  expect(withinTime('reading it', 2000, () => lastLines(readTerminal(raw), 30, 4000)).length).toBeLessThanOrEqual(4000);
});
