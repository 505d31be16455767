import { array, constantFrom, oneof, string, type Arbitrary } from 'fast-check';

const pieces = [
  '::error::gotcha',
  '::set-output name=x::y',
  '::add-mask::pass',
  '::',
  ':',
  '##[error]gotcha',
  '##[',
  '##',
  '#',
  '[',
  ']',
  '%0A::error::x',
  '%0D',
  '\n',
  '\r',
  '\r\n',
  ' ',
  '\t',
  '\u00a0',
  '\u00ad',
  '\u200b',
  '\ufeff',
  '\u2028',
  '\u0085',
  '\u001b[2J',
  '\u001b]0;owned\u0007',
  '\u009b31m',
  '\u001b',
  '\0',
  '\u0007',
  '\b',
  '\u202egnp.exe',
  '\u2066',
  '\ud800',
  '\ufffe',
  '<script>alert(1)</script>',
  '<!--',
  '-->',
  ']]>',
  '&lt;',
  '&',
  '"',
  "'",
  '`x`',
  '```',
  '**bold**',
  '_',
  '~~x~~',
  '|',
  '\\',
  '![x](https://x.test/y.png)',
  'https://x.test',
  'www.x.test',
  'a@x.test',
  '@someone',
  '#1',
  '- ',
  '---',
  '===',
  '1. ',
  '> ',
  '# ',
  '$x$',
  'word',
];

/** Hostile output or names of a block. It ends in a letter, so that it is never empty. */
export const hostileText: Arbitrary<string> = array(
  oneof({ weight: 4, arbitrary: constantFrom(...pieces) }, string({ unit: 'binary', maxLength: 6 })),
  {
    maxLength: 8,
  },
).map((list) => `${list.join('')}z`);

const steering = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;

/** The lines that would control a terminal or GitHub's runner. */
export function harmfulIn(text: string): readonly string[] {
  const unseen = /[\u00ad\u200b-\u200d\u2060\ufeff]/g;
  return text
    .split('\n')
    .filter((line) => steering.test(line) || line.includes('##[') || line.replace(unseen, '').trim().startsWith('::'));
}
