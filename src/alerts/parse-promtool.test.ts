import { array, assert, constantFrom, dictionary, double, property, record, string } from 'fast-check';
import { expect, test } from 'vitest';

import { parseSamples, PromtoolReader } from './parse-promtool.ts';

function read(lines: readonly string[], questions: number) {
  const reader = new PromtoolReader();
  for (const line of lines) reader.push(line);
  return reader.end(questions);
}

const answer = (question: number, got: string): readonly string[] => [
  String.raw`    expr: "ALERTS{a=\"b, time: 1s, err: x\"}", time: 1m0s,`,
  `        exp: {question="${question}"} 1E+00`,
  `        got: ${got}`,
];

test('it reads results and errors in the order of the questions', () => {
  const output = read(
    [
      '  FAILED:',
      ...answer(0, 'nil'),
      '    expr: "m * n", time: 1h2m3s500ms, err: found duplicate series: [{__name__="n"}];many-to-many',
      '        got: nil',
      ...answer(2, '{__name__="m", q="a"} 7E+00, {} NaN'),
    ],
    3,
  );
  expect(output.answers).toEqual([
    { samples: [] },
    { error: 'found duplicate series: [{__name__="n"}];many-to-many\n        got: nil' },
    {
      samples: [
        { labels: { __name__: 'm', q: 'a' }, value: 7 },
        { labels: {}, value: NaN },
      ],
    },
  ]);
});

test('it reads which rules stopped promtool', () => {
  const output = read(
    [
      '  FAILED:',
      '    rule: r3, time: 0s, err: vector contains metrics with the same labelset',
      'rules.yml: 5:23: group "g", rule 2, "r1": could not parse expression: 1:4: parse error: unexpected end of input',
      'rules.yml: group "g", rule 4, "r7": label "a": template: __alert_r3:1: unclosed action',
      'rules.yml: unknown unit "x" in duration "1x"',
    ],
    9,
  );
  expect(output.ruleErrors.map(({ rule }) => rule)).toEqual(['r3', 'r1', 'r7']);
  expect(output.fileErrors).toEqual([{ error: 'unknown unit "x" in duration "1x"' }]);
});

test.for<readonly [what: string, lines: readonly string[], message: RegExp]>([
  ['nothing', [], /0 answers to 2/],
  ['an answer is missing', answer(0, 'nil'), /1 answers to 2/],
  ['the first answer is missing', answer(1, 'nil'), /question 0 is not answered/],
  ['an answer too many', [0, 1, 2].flatMap((number) => answer(number, 'nil')), /3 answers to 2/],
  ['it ends within an answer', [...answer(0, 'nil'), ...answer(1, 'nil').slice(0, 2)], /not complete/],
  ['another test fails', ['    alertname: r1, time: 1m, ', '        exp:[]'], /it printed/],
  ['a crash', ['panic: runtime error: index out of range'], /it printed: panic/],
  ['a sample without a value', answer(0, '{a="b"}'), /no number/],
  ['a value that is a histogram', answer(0, '{a="b"} {{count:1}}'), /no number/],
  ['a label set without an end', answer(0, '{a="}'), /no end/],
  ['a label without a value', answer(0, '{a} 1E+00'), /label cannot be read/],
  ['an answer without a result', ['    expr: "m", time: 1s,', '        exp: {question="0"} 1E+00', 'x'], /no result/],
])('it refuses output in which %s', ([, lines, message]) => {
  expect(() => read(lines, 2)).toThrow(message);
});

/** How Go prints a label value. */
function goQuote(text: string): string {
  const escaped = text
    .replaceAll(/["\\]/g, String.raw`\$&`)
    .replaceAll('\n', String.raw`\n`)
    .replaceAll(/[\0-\x1f\x7f]/g, (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`)
    .replaceAll(/[\u2028\u0085]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return `"${escaped}"`;
}

test('it reads all labels and numbers that Go prints', () => {
  const text = string({ unit: 'binary', maxLength: 9 }).map((value) => value.toWellFormed());
  const nasty = constantFrom('}', '"', '", b="', '} 1E+00, {', '\\', '\n', '\u2028', '');
  const labels = dictionary(
    constantFrom('a', 'b_1', 'c.d', 'é"'),
    array(nasty).map((list) => list.join('')),
  );
  const samples = array(
    record({ labels: labels.chain((each) => text.map((z) => ({ ...each, z }))), value: double() }),
    {
      minLength: 1,
      maxLength: 4,
    },
  );
  assert(
    property(samples, (list) => {
      const printed = list.map(({ labels: each, value }) => {
        const pairs = Object.entries(each).map(
          ([name, own]) => `${/^\w+$/.test(name) ? name : goQuote(name)}=${goQuote(own)}`,
        );
        const number = Number.isFinite(value)
          ? value
              .toExponential()
              .toUpperCase()
              .replace(/E([+-])(\d)$/, 'E$10$2')
          : String(value).replace(/^(-?)Infinity/, (_, sign: string) => `${sign || '+'}Inf`);
        return `{${pairs.join(', ')}} ${Object.is(value, -0) ? '-0E+00' : number}`;
      });
      expect(parseSamples(printed.join(', '))).toEqual(list);
    }),
  );
});

test('equal label sets are one object, so that readers can recognise them', () => {
  const { answers } = read([...answer(0, '{a="b"} 1E+00'), ...answer(1, '{a="b"} 2E+00')], 2);
  const [one, other] = answers.map((each) => ('samples' in each ? each.samples[0]?.labels : undefined));
  expect(one).toBe(other);
});
