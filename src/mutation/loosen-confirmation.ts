import type { Change, ReadBlock } from './read-block.ts';

/** The test of an answer: `[[ ! $REPLY =~ ^[Yy]$ ]]`, `[ "$sure" = "yes" ]`. */
interface Guard {
  readonly start: number;
  readonly end: number;
  /** `[[` with patterns, or `[` without. */
  readonly isDouble: boolean;
  /** The variable with its `$` and quotes, and its name. */
  readonly variable: string;
  readonly name: string;
  /** Between the brackets. */
  readonly inner: string;
  readonly operator: string;
  readonly value: string;
  /** If the test is true, the block stops. */
  readonly refuses: boolean;
  /** The question reads one character. */
  readonly isOneCharacter: boolean;
}

/** An empty line is a yes. */
export function* acceptEmptyLine(block: ReadBlock): Generator<Change> {
  for (const { start, end, isDouble, variable, inner, refuses } of findGuards(block)) {
    const [flag, sign] = refuses ? ['-n', '&&'] : ['-z', '||'];
    const text = isDouble
      ? `[[ ${flag} ${variable} ${sign} ${inner} ]]`
      : `[ ${flag} ${variable} ] ${sign} [ ${inner} ]`;
    yield { start, end, text };
  }
}

/** What begins like the right answer is a yes. */
export function* acceptPartOfWord(block: ReadBlock): Generator<Change> {
  for (const guard of findGuards(block)) {
    const part = guard.isOneCharacter ? undefined : shorten(guard);
    if (part !== undefined) yield { start: guard.start, end: guard.end, text: part };
  }
}

function shorten({ isDouble, variable, name, inner, operator, value }: Guard): string | undefined {
  if (operator === '=~') {
    const word = /^\^\w{2,}\$$/.test(value) ? value.slice(0, 2) : value.replace(/\$$/, '');
    return word === value ? undefined : `[[ ${inner.slice(0, -value.length)}${word} ]]`;
  }
  const word = value.replaceAll(/["']/g, '');
  if (word.length < 2) return undefined;
  const first = `"${word.charAt(0)}"`;
  return isDouble ? `[[ ${variable} ${operator} ${first}* ]]` : `[ "\${${name}:0:1}" ${operator} ${first} ]`;
}

/** Anything but a no is a yes. */
export function* acceptUnlessNo(block: ReadBlock): Generator<Change> {
  for (const { start, end, isDouble, variable, refuses } of findGuards(block)) {
    const text = isDouble
      ? `[[ ${variable} ${refuses ? '==' : '!='} [Nn]* ]]`
      : `[ ${variable} ${refuses ? '=' : '!='} "n" ]`;
    yield { start, end, text };
  }
}

/** The first test of each answer. A test for a no stays: it refuses nothing else anyway. */
function* findGuards({ commands, shell }: ReadBlock): Generator<Guard> {
  const questions = commands.filter(({ name }) => name === 'read');
  for (const [index, { words, end, text }] of questions.entries()) {
    const name = variableOf(words);
    const until = questions[index + 1]?.start ?? shell.length;
    const test = new RegExp(`\\[\\[? (!? ?("?\\$\\{?${name}\\}?"?) (=~|!=|==?) (\\S+)) \\]\\]?`).exec(
      shell.slice(end, until),
    );
    const [whole, inner, variable, operator, value] = test ?? [];
    if (!test || !whole || !inner || !variable || !operator || !value || /^\^?\[?["']?n/i.test(value)) continue;
    yield {
      start: end + test.index,
      end: end + test.index + whole.length,
      isDouble: whole.startsWith('[['),
      variable,
      name,
      inner,
      operator,
      value,
      refuses: inner.startsWith('!') !== (operator === '!='),
      isOneCharacter: /\s-\w*n\s*1\b/.test(text),
    };
  }
}

/** The last word, unless it is an option or the value of one. */
function variableOf(words: readonly (string | undefined)[]): string {
  const [before, last = ''] = words.slice(-2);
  const isName = /^[a-z_]\w*$/i.test(last) && last !== 'read' && !/^-\w*[adinNptu]$/.test(before ?? '');
  return isName ? last : 'REPLY';
}
