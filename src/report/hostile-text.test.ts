import { array, assert as check, property, type Arbitrary } from 'fast-check';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmTableFromMarkdown } from 'mdast-util-gfm-table';
import { gfmTable } from 'micromark-extension-gfm-table';
import { describe, expect, test } from 'vitest';

import { formatError, InputError } from '../kernel/errors.ts';
import { harmfulIn, hostileText } from '../kernel/testing/hostile-text.ts';
import type { Check, RunReport } from '../verdict/run-report.ts';
import { createLiveProgress } from '../live/live-progress.ts';
import { renderConsole } from './render-console.ts';
import { renderJson } from './render-json.ts';
import { renderJunit } from './render-junit.ts';
import { renderSummary } from './render-summary.ts';
import { report, scenario } from './testing/sample-report.ts';

/** Enough texts for every place in a report. */
const texts: Arbitrary<readonly string[]> = array(hostileText, { minLength: 30, maxLength: 30 });
const runs = { numRuns: 1000, seed: 4 };

/** A report in which everything fails and every text is one of these. */
function reportOf(words: readonly string[]): RunReport {
  const left = [...words];
  const next = (): string => left.shift() ?? 'z';
  const unmet = (verdict: Check['verdict']): Check => ({
    id: next(),
    verdict,
    message: next(),
    locations: [],
    findings: [
      { message: next() },
      {
        message: next(),
        cause: next(),
        output: next(),
        exitCode: 1,
        command: next(),
        location: { file: next(), line: 3 },
      },
    ],
  });
  const bare = (): Check => ({ id: next(), verdict: 'inconclusive', message: next(), locations: [], findings: [] });
  return report({
    verdict: 'fail',
    runbook: {
      file: next(),
      sha256: '00',
      title: next(),
      version: next(),
      repairs: [next()],
      notUnderstood: [{ message: next(), location: { file: next(), line: 3 } }],
    },
    environment: {
      engine: '20',
      compose: '2',
      node: 'v24',
      versions: [{ name: next(), declared: next(), real: next(), agrees: false }],
      images: [],
      realTimeServices: [],
    },
    notes: [next()],
    checks: [bare()],
    scenarios: [
      scenario({ id: next(), title: next(), verdict: 'fail', checks: [unmet('fail')] }),
      scenario({ id: next(), title: next(), verdict: 'inconclusive', checks: [bare()] }),
    ],
    coverage: [
      {
        number: next(),
        title: next(),
        line: 1,
        endLine: 2,
        covered: false,
        scenarios: [],
        procedures: [{ address: next(), covered: false, scenarios: [] }],
      },
    ],
    leftovers: [next()],
  });
}

const benign = reportOf(Array.from({ length: 30 }, () => 'z'));

const countLines = (text: string): number => text.split('\n').length;

describe('hostile names and output', () => {
  test('appear on a terminal and in a log as plain lines', () => {
    const options = { color: false, cwd: '/project' };
    check(
      property(texts, (words) => {
        const shown = renderConsole(reportOf(words), options);
        expect(harmfulIn(shown)).toEqual([]);
        expect(countLines(shown)).toBe(countLines(renderConsole(benign, options)));
      }),
      runs,
    );
  });

  test('keep their values in a report.json that is safe to print', () => {
    check(
      property(texts, (words) => {
        const whole = reportOf(words);
        const text = renderJson(whole);
        expect(harmfulIn(text)).toEqual([]);
        expect(JSON.parse(text)).toEqual(whole);
      }),
      runs,
    );
  });

  test('are plain text in Markdown', () => {
    const shape = shapeOf(renderSummary(benign));
    check(
      property(texts, (words) => {
        const markdown = renderSummary(reportOf(words));
        expect(harmfulIn(markdown)).toEqual([]);
        expect(markdown).not.toMatch(/[<>]|www\.|https?:|[@#](?=\w)(?!\d+;)/);
        expect(shapeOf(markdown)).toEqual(shape);
      }),
      runs,
    );
  });

  test('are plain text in JUnit XML', () => {
    const shape = readXml(renderJunit(benign));
    check(
      property(texts, (words) => {
        expect(readXml(renderJunit(reportOf(words)))).toEqual(shape);
      }),
      runs,
    );
  });

  test('are shown harmlessly if an error quotes them', () => {
    check(
      property(hostileText, hostileText, hostileText, (message, file, next) => {
        const error = new InputError(message, { code: 'X', location: { file, line: 1 }, next });
        expect(harmfulIn(`drillbook: ${formatError(error)}`)).toEqual([]);
        expect(harmfulIn(formatError(error))).toEqual([]);
        expect(harmfulIn(formatError(new Error(message)))).toEqual([]);
      }),
      runs,
    );
  });

  test.each([true, false])('live progress shows it (on a terminal: %s)', (live) => {
    check(
      property(hostileText, hostileText, (name, message) => {
        let text = '';
        const progress = createLiveProgress({ write: (piece: string) => (text += piece) }, { live });
        const at = { seq: 0, t: 1000, s: 1000, scenario: name, arm: 'treatment' } as const;
        for (const body of [
          { type: 'arm.started' },
          { type: 'phase.started', phase: 'start' },
          { type: 'note', message },
          { type: 'sample', full: true, queues: { [name]: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0] } },
        ] as const)
          progress.apply({ ...at, ...body });
        progress.end();
        // The live progress itself may clear lines and print bold.
        expect(harmfulIn(text.replaceAll('\r\u001b[2K', '').replaceAll(/\u001b\[(?:1|22)m/g, ''))).toEqual([]);
      }),
      runs,
    );
  });
});

type Tree = ReturnType<typeof fromMarkdown>;
type Shape = readonly [type: string, ...inner: Shape[]];

/** The structure of the Markdown, without its text. */
function shapeOf(markdown: string): Shape {
  const visit = (node: Tree | Tree['children'][number]): Shape => [
    node.type,
    ...('children' in node ? node.children.filter(({ type }) => type !== 'text').map(visit) : []),
  ];
  return visit(fromMarkdown(markdown, { extensions: [gfmTable()], mdastExtensions: [gfmTableFromMarkdown()] }));
}

/** The elements of a document, in order. Throws if it is not XML 1.0. */
function readXml(text: string): readonly string[] {
  const [declaration = '', ...rest] = text.split('?>');
  expect(declaration).toBe('<?xml version="1.0" encoding="UTF-8"');
  const body = rest.join('?>');
  expect(body).not.toMatch(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/u);
  const elements: string[] = [];
  const open: string[] = [];
  const token = /<(\/?)(\w+)((?: \w+="(?:[^<&"]|&(?:amp|lt|gt|quot);)*")*)(\/?)>|((?:[^<&>]|&(?:amp|lt|gt|quot);)+)/y;
  while (token.lastIndex < body.length) {
    const at = token.lastIndex;
    const match = token.exec(body);
    if (!match) throw new Error(`no XML at ${at}: ${body.slice(at, at + 80)}`);
    const [, closes, name, , empty] = match;
    if (name === undefined) continue;
    elements.push(`${closes}${name}${empty}`);
    if (closes && open.pop() !== name) throw new Error(`${name} ends where it should not`);
    if (!closes && !empty) open.push(name);
  }
  expect(open).toEqual([]);
  return elements;
}
