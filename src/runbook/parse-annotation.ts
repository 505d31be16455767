import type { Location } from '../kernel/errors.ts';
import { BlockProblem } from './block-problem.ts';
import type { Comment } from './parse-markdown.ts';
import type { Annotation } from './runbook.ts';
import type { SourceText } from './source-text.ts';

export const noAnnotation: Annotation = {
  id: undefined,
  skip: undefined,
  timeoutMs: undefined,
  answers: undefined,
  expectExit: undefined,
};

const keys = ['id', 'skip', 'timeout', 'answers', 'expect-exit'] as const;
type Key = (typeof keys)[number];

/**
 * Reads `<!-- drillbook: id=drain timeout=90s skip="why" expect-exit=1 answers="y,DRAIN" -->`. Undefined for any other
 * comment. Commas separate answers; `\,` is a comma in an answer.
 * @throws BlockProblem for a malformed comment that begins with `drillbook`
 */
export function parseAnnotation(comment: Comment, source: SourceText): Annotation | undefined {
  const opening = /^<!--\s*drillbook\b\s*(:?)/i.exec(comment.text);
  if (!opening) return undefined;
  const at = (offset: number): Location => placeIn(comment, offset, source);
  if (opening[1] === '') throw annotationError('a colon must follow `drillbook`', at(0));
  const end = comment.text.indexOf('-->');
  if (end === -1) throw annotationError('the comment is not closed', at(0));
  const values = readPairs(comment.text.slice(0, end), opening[0].length, at);
  return interpret(values);
}

interface Value {
  readonly text: string;
  readonly location: Location;
}

function readPairs(text: string, from: number, at: (offset: number) => Location): ReadonlyMap<Key, Value> {
  const values = new Map<Key, Value>();
  const pair = /\s*(?:([A-Za-z][\w-]*)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s"=]+))(?=\s|$)|(\S+))/y;
  pair.lastIndex = from;
  for (;;) {
    const start = pair.lastIndex;
    const match = pair.exec(text);
    if (!match) return values;
    const location = at(start + (/^\s*/.exec(match[0])?.[0].length ?? 0));
    if (match[4] !== undefined) throw annotationError(`\`${match[4]}\` is not of the form key=value`, location);
    const key = keys.find((known) => known === match[1]?.toLowerCase());
    if (key === undefined)
      throw annotationError(`\`${match[1]}\` is not known`, location, `the keys are ${keys.join(', ')}`);
    if (values.has(key)) throw annotationError(`\`${key}\` is given twice`, location);
    values.set(key, { text: match[2] ?? match[3] ?? '', location });
  }
}

function interpret(values: ReadonlyMap<Key, Value>): Annotation {
  const read = <T>(key: Key, convert: (text: string) => T | undefined, expected: string): T | undefined => {
    const value = values.get(key);
    if (!value) return undefined;
    const converted = convert(value.text);
    if (converted === undefined)
      throw annotationError(`\`${key}=${value.text}\` cannot be read`, value.location, `expected ${expected}`);
    return converted;
  };
  return {
    id: read('id', (text) => (/^[A-Za-z][\w.-]*$/.test(text) ? text : undefined), 'a word such as id=drain-queue'),
    skip: read('skip', (text) => unescape(text).trim() || undefined, 'the reason, e.g. skip="needs a second region"'),
    timeoutMs: read('timeout', parseDuration, 'a time of at most a week such as timeout=90s, 500ms, 2m or 1h'),
    answers: read('answers', parseAnswers, 'answers separated by commas, e.g. answers="y,DRAIN"'),
    expectExit: read(
      'expect-exit',
      (text) => (/^\d{1,3}$/.test(text) && Number(text) < 256 ? Number(text) : undefined),
      'an exit code from 0 to 255',
    ),
  };
}

/** A week: longer than any block, and short enough for a timer. */
const longestMs = 7 * 24 * 3_600_000;

function parseDuration(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text);
  const unit = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }[match?.[2] ?? ''];
  const ms = unit === undefined ? 0 : Number(match?.[1]) * unit;
  return ms > 0 && ms <= longestMs ? ms : undefined;
}

function parseAnswers(text: string): readonly string[] {
  return text.split(/(?<!\\),/).map(unescape);
}

function unescape(text: string): string {
  return text.replace(/\\(.)/g, '$1');
}

function placeIn(comment: Comment, offset: number, source: SourceText): Location {
  const before = comment.text.slice(0, offset).split(/\r\n|\n|\r/);
  const column = (before.at(-1)?.length ?? 0) + 1;
  return source.at(comment.line + before.length - 1, before.length === 1 ? comment.column + column - 1 : column);
}

function annotationError(message: string, location: Location, next?: string): BlockProblem {
  const advice = next ?? 'write for example <!-- drillbook: id=drain timeout=90s answers="y,DRAIN" -->';
  return new BlockProblem(`annotation: ${message}; ${advice}`, location);
}
