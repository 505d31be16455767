import { array, constantFrom, integer, oneof, string, tuple, type Arbitrary } from 'fast-check';

/** Pieces of text that often break parsers. */
const nasty = [
  '\0',
  '\r',
  '\r\n',
  '\n\n\n',
  '\t',
  '\u001b[2J',
  '\u2028',
  '\ud800',
  '\udfff',
  '\ufeff',
  'È›',
  'â€”',
  '::error::',
  '##[error]',
  '<script>',
  '<!--',
  '-->',
  '"',
  "'",
  '`',
  '```',
  '~~~',
  '\\',
  '$(',
  '${',
  '((',
  '<<EOF',
  '|',
  '&',
  '*',
  '_',
  '[',
  '](',
  '---',
  '- ',
  '> ',
  '#',
  '1e999',
  '-0',
  '99999999999999999999',
  '__proto__',
  'constructor',
  'NaN',
  'null',
  '{}',
];

const pieces = oneof(constantFrom(...nasty), string({ unit: 'binary', maxLength: 8 }));
const edits = oneof(
  tuple(constantFrom('insert' as const, 'replace' as const), integer(), integer(), pieces),
  tuple(constantFrom('delete' as const, 'repeat' as const, 'move' as const), integer(), integer(), integer()),
);

/** A text after a few edits at random places: insert, replace, delete, repeat, move. */
export function mutations(of: Arbitrary<string>): Arbitrary<string> {
  return tuple(of, array(edits, { maxLength: 6 })).map(([text, list]) => list.reduce(edit, text));
}

function edit(text: string, [kind, at, length, what]: readonly [string, number, number, string | number]): string {
  const from = Math.abs(at) % (text.length + 1);
  const to = Math.min(text.length, from + (Math.abs(length) % 80));
  const cut = text.slice(from, to);
  const rest = text.slice(0, from) + text.slice(to);
  switch (kind) {
    case 'insert':
      return text.slice(0, from) + what + text.slice(from);
    case 'replace':
      return text.slice(0, from) + what + text.slice(to);
    case 'delete':
      return rest;
    case 'repeat':
      return text.slice(0, from) + cut.repeat(1 + (Math.abs(Number(what)) % 40)) + text.slice(to);
    default: {
      const goal = Math.abs(Number(what)) % (rest.length + 1);
      return rest.slice(0, goal) + cut + rest.slice(goal);
    }
  }
}
