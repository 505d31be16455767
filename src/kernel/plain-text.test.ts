import { expect, test } from 'vitest';

import { oneLine, plainText, withoutCommands } from './plain-text.ts';
import { withinTime } from './within-time.ts';

test.each([
  ['::error::x', '\\u{3a}:error::x'],
  ['a\n \u00a0::error::x', 'a\n \u00a0\\u{3a}:error::x'],
  ['a\r::error::x', 'a\\u{d}::error::x'],
  ['a %0A::error::x', 'a %0A::error::x'],
  ['echo ##[add-mask]x', 'echo #\\u{23}[add-mask]x'],
  ['###[x', '##\\u{23}[x'],
  ['Class::method and a::b', 'Class::method and a::b'],
  ['\u001b[31m\u202e\u2028\t', '\\u{1b}[31m\\u{202e}\\u{2028}  '],
])('shows %j as %j', (text, shown) => {
  expect(plainText(text)).toBe(shown);
});

test('makes one line of limited length', () => {
  expect(oneLine('  a \n\n b\t\n::c')).toBe('a b \\u{3a}:c');
  expect(oneLine('abcdef', 4)).toBe('abc…');
});

test.each([
  ['blanks', ' '.repeat(300_000)],
  ['line ends', '\n'.repeat(300_000)],
  ['half commands', ' \u200b'.repeat(150_000)],
])('handles many %s quickly', (_, text) => {
  const done = withinTime('it', 2000, () => [oneLine(`a${text}b`), withoutCommands(`${text}b`)]);
  expect(done).toHaveLength(2);
});
