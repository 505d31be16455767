/** A script that a command runs in a further shell, or evaluates. */
export interface InnerScript {
  /** `other`: a shell of the operator that is not bash. */
  readonly where: 'eval' | 'bash' | 'other' | 'container';
  readonly code: string;
  /** Options of its command line. */
  readonly errexit: boolean;
  readonly pipefail: boolean;
}

type Words = readonly string[];

/**
 * @param text of a command as bash traces it: after expansion, and quoted again
 * @param body of its here-document, which a shell without a script reads
 */
export function innerScript(text: string, body?: string): InnerScript | undefined {
  if (!/eval|sh/.test(text)) return undefined;
  const words = unquote(text);
  const [name = '', ...args] = words;
  if (name === 'eval') return { where: 'eval', code: args.join(' '), errexit: false, pipefail: false };
  const inside = name === 'docker' || name === 'docker-compose' ? execWords(args) : undefined;
  if (inside) return shellScript(inside, 'container', body);
  const program = programWords(words);
  return shellScript(program, /(?:^|\/)bash$/.test(program[0] ?? '') ? 'bash' : 'other', body);
}

/** Programs that start the one that follows their options and, for `timeout`, their first argument. */
const starters = /^(?:sudo|env|nohup|command|exec|nice|time|timeout|stdbuf)$/;
const starterValued = /^(?:-u|-g|-k|-s|-n|-C|--user|--signal|--kill-after)$/;

function programWords(words: Words): Words {
  const [name = '', ...rest] = words;
  if (!starters.test(name)) return words;
  let at = 0;
  while (/^-|^\w+=/.test(rest[at] ?? '')) at += starterValued.test(rest[at] ?? '') ? 2 : 1;
  return programWords(rest.slice(name === 'timeout' ? at + 1 : at));
}

/** Options of `exec` and `run` that take the next word as their value. */
const containerValued =
  /^(?:-[uwevpl]|--(?:user|workdir|env|env-file|index|volume|publish|label|name|entrypoint|network|mount))$/;

/** What `docker exec`, `docker compose exec` or `run` runs. */
function execWords(args: Words): Words | undefined {
  let at = args.findIndex((arg) => arg === 'exec' || arg === 'run') + 1;
  if (at === 0) return undefined;
  while (args[at]?.startsWith('-')) at += containerValued.test(args[at] ?? '') ? 2 : 1;
  return args.slice(at + 1);
}

function shellScript([name = '', ...args]: Words, where: InnerScript['where'], body?: string): InnerScript | undefined {
  if (!/(?:^|\/)(?:ba|da|a|z|k)?sh$/.test(name)) return undefined;
  let [hasScript, errexit, pipefail, at] = [false, false, false, 0];
  for (; args[at]?.startsWith('-'); at += 1) {
    const letters = /^-([A-Za-z]+)$/.exec(args[at] ?? '')?.[1] ?? '';
    hasScript ||= letters.includes('c');
    errexit ||= letters.includes('e');
    if (!letters.includes('o')) continue;
    at += 1;
    errexit ||= args[at] === 'errexit';
    pipefail ||= args[at] === 'pipefail';
  }
  const code = hasScript ? args[at] : at === args.length ? body : undefined;
  return code !== undefined ? { where, code, errexit, pipefail } : undefined;
}

const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\x07',
  b: '\b',
  e: '\x1b',
  E: '\x1b',
  f: '\f',
  v: '\v',
};
/** One piece of a word: `'…'`, `$'…'`, an escaped character, or plain text. */
const piece = /'([^']*)'|\$'((?:[^'\\]|\\[^])*)'|\\([^])|([^\s'\\]+)|(\s+)/g;

/** The words of a traced command. bash quotes them in few ways. */
function unquote(text: string): Words {
  const words: string[] = [];
  let word: string | undefined;
  for (const [, single, ansi, escaped, plain, space] of text.matchAll(piece)) {
    if (space !== undefined) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? '') + (single ?? escaped ?? plain ?? decode(ansi ?? ''));
  }
  return word === undefined ? words : [...words, word];
}

/** A word as bash would quote it in its trace. */
export function quoteWord(word: string): string {
  return /^[\w./:=,@+-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

function decode(ansi: string): string {
  return ansi.replace(/\\(?:([0-7]{3})|x([0-9a-fA-F]{2})|([^]))/g, (_, octal?: string, hex?: string, one = '') =>
    octal !== undefined
      ? String.fromCharCode(Number.parseInt(octal, 8))
      : hex !== undefined
        ? String.fromCharCode(Number.parseInt(hex, 16))
        : (escapes[one as string] ?? String(one)),
  );
}
