/**
 * Reads what `promtool test rules` prints. Each question is a test that fails on purpose, so each has an answer:
 *
 *     expr: "ALERTS", time: 3s,
 *         exp: {question="0"} 1E+00
 *         got: {__name__="ALERTS", alertname="r0", alertstate="firing"} 1E+00, {…} 1E+00
 *
 * If the engine could not evaluate the expression, `err: …` follows the time instead.
 */
import { reasonOf } from '../kernel/reason-of.ts';

export interface Sample {
  /** With `__name__`, if the result has one. Equal label sets of one run are the same object. */
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export type Answer = { readonly samples: readonly Sample[] } | EngineError;

export interface EngineError {
  readonly error: string;
}

export interface PromtoolOutput {
  /** In the order of the questions. */
  readonly answers: readonly Answer[];
  /** The engine could not load or evaluate these rules, and stopped before it answered a question. */
  readonly ruleErrors: readonly (EngineError & { readonly rule: string })[];
  /** The rule file could not be read, and promtool does not say because of which rule. */
  readonly fileErrors: readonly EngineError[];
}

const header = '  FAILED:';
const gotMark = '        got: ';
const expMark = /^ {8}exp: \{question="(\d+)"\} 1E\+00$/;
const exprMark = /^ {4}expr: "(?:[^"\\]|\\.)*", time: [^,]*,(?: err: (.*))?$/;
const ruleError = /^ {4}rule: (\S+), time: [^,]*, err: (.*)$/;
const loadError = /^rules\.yml: (?:\d+:\d+: )?group "[^"]*", rule \d+, "([^"]*)": (.*)$/;
const fileError = /^rules\.yml: (.*)$/;

/** Takes the output line by line, because that of a long recording has many megabytes. */
export class PromtoolReader {
  readonly #answers: Answer[] = [];
  readonly #ruleErrors: { rule: string; error: string }[] = [];
  readonly #fileErrors: { error: string }[] = [];
  readonly #labels = new Map<string, Sample['labels']>();
  #awaited: 'outcome' | 'exp' | 'got' = 'outcome';
  /** The error on the line before. Its text may go on. */
  #error: { error: string } | undefined;
  #problem: string | undefined;

  /** Line ends are not part of the line. */
  push(line: string): void {
    this.#problem ??= this.#read(line);
  }

  /** @throws Error if a line is not what promtool prints, or if an answer is missing */
  end(questions: number): PromtoolOutput {
    const output = { answers: this.#answers, ruleErrors: this.#ruleErrors, fileErrors: this.#fileErrors };
    if (this.#problem !== undefined) throw new Error(this.#problem);
    if (this.#awaited !== 'outcome') throw new Error('the last answer is not complete');
    const stopped = this.#ruleErrors.length + this.#fileErrors.length > 0;
    const expected = stopped ? 0 : questions;
    if (this.#answers.length !== expected)
      throw new Error(`there are ${this.#answers.length} answers to ${expected} questions`);
    return output;
  }

  /** Returns what is wrong with the line. */
  #read(line: string): string | undefined {
    if (this.#awaited === 'exp') return this.#readQuestion(line);
    if (this.#awaited === 'got') return this.#readAnswer(line);
    const expr = exprMark.exec(line);
    if (expr?.[1] === undefined && expr) {
      this.#awaited = 'exp';
      this.#error = undefined;
    } else if (!this.#readError(line, expr?.[1])) {
      if (this.#error) this.#error.error += `\n${line}`;
      else if (line !== header) return `it printed: ${line}`;
    }
    return undefined;
  }

  #readError(line: string, inExpression: string | undefined): boolean {
    const rule = ruleError.exec(line) ?? loadError.exec(line);
    const file = fileError.exec(line);
    if (inExpression !== undefined) this.#answers.push((this.#error = { error: inExpression }));
    else if (rule) {
      const found = { rule: rule[1] ?? '', error: rule[2] ?? '' };
      this.#ruleErrors.push(found);
      this.#error = found;
    } else if (file) this.#fileErrors.push((this.#error = { error: file[1] ?? '' }));
    else return false;
    return true;
  }

  #readQuestion(line: string): string | undefined {
    const question = Number(expMark.exec(line)?.[1]);
    if (question !== this.#answers.length) return `question ${this.#answers.length} is not answered, but: ${line}`;
    this.#awaited = 'got';
    return undefined;
  }

  #readAnswer(line: string): string | undefined {
    if (!line.startsWith(gotMark)) return `this is no result: ${line}`;
    try {
      this.#answers.push({ samples: parseSamples(line.slice(gotMark.length), this.#labels) });
    } catch (error) {
      return `${reasonOf(error)}: ${line}`;
    }
    this.#awaited = 'outcome';
    return undefined;
  }
}

/**
 * Reads `nil`, or label sets with their values: `{a="b", "c.d"="e"} 7E+00, {} NaN`.
 * @param known label sets that were read before, by their text
 * @throws Error
 */
export function parseSamples(text: string, known = new Map<string, Sample['labels']>()): readonly Sample[] {
  if (text === 'nil') return [];
  const samples: Sample[] = [];
  for (let at = 0; at < text.length;) {
    const end = endOfLabels(text, at);
    const source = text.slice(at, end);
    let labels = known.get(source);
    if (!labels) known.set(source, (labels = parseLabels(source)));
    const comma = text.indexOf(', ', end);
    const valueEnd = comma < 0 ? text.length : comma;
    samples.push({ labels, value: parseValue(text.slice(end, valueEnd)) });
    at = comma < 0 ? text.length : comma + 2;
  }
  return samples;
}

/** The place behind the closing brace. Braces inside quotes do not count. */
function endOfLabels(text: string, from: number): number {
  let quoted = false;
  for (let at = from; at < text.length; at += 1) {
    const char = text[at];
    if (char === '\\' && quoted) at += 1;
    else if (char === '"') quoted = !quoted;
    else if (char === '}' && !quoted) return at + 1;
  }
  throw new Error('a label set has no end');
}

const label = /(?:([a-zA-Z_][\w]*)|"((?:[^"\\]|\\.)*)")="((?:[^"\\]|\\.)*)"(?:, |\}$)/y;

function parseLabels(source: string): Sample['labels'] {
  const labels: [string, string][] = [];
  if (source === '{}') return {};
  for (label.lastIndex = 1; label.lastIndex < source.length;) {
    const match = label.exec(source);
    if (!match) throw new Error('a label cannot be read');
    labels.push([match[1] ?? unquote(match[2] ?? ''), unquote(match[3] ?? '')]);
  }
  return Object.fromEntries(labels);
}

const escapes: Readonly<Record<string, string>> = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };

/** Undoes Go's `strconv.Quote`, which never writes a part of a character as `\x…` if the text is proper UTF-8. */
function unquote(text: string): string {
  return text.replaceAll(/\\(?:x(..)|u(.{4})|U(.{8})|(.))/g, (_, x?: string, u?: string, U?: string, one = '') => {
    const code = x ?? u ?? U;
    return code === undefined ? (escapes[one] ?? one) : String.fromCodePoint(Number.parseInt(code, 16));
  });
}

const valueForm = /^ (?:NaN|([+-])Inf|-?\d(?:\.\d+)?E[+-]\d+)$/;

function parseValue(text: string): number {
  const match = valueForm.exec(text);
  if (!match) throw new Error('a value is no number');
  if (match[1] !== undefined) return match[1] === '-' ? -Infinity : Infinity;
  return Number(text);
}
