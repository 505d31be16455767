import { array, assert as check, property } from 'fast-check';
import { expect, test } from 'vitest';

import type { AlertsReport, Cell, Finding } from '../alerts/alerts-report.ts';
import { harmfulIn, hostileText } from '../kernel/testing/hostile-text.ts';
import { renderAlertsPage } from './render-alerts-page.ts';
import { alertsReport, samplePictures } from './testing/sample-alerts.ts';
import { picture } from './testing/sample-pictures.ts';
import { tagsOf } from './testing/tags-of.ts';

const options = { cwd: '/project' };
const page = renderAlertsPage(alertsReport(), samplePictures, options);

/** The text of an element, without tags. */
function textOf(html: string, element: RegExp): string {
  const [whole = ''] = element.exec(html) ?? [];
  return whole.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ');
}

test('the page says in words which rule fired for which fault', () => {
  const matrix = textOf(page, /<table class="matrix">.*?<\/table>/s);
  expect(matrix).toContain('fault BullMQQueueBacklog BullMQHighFailedJobs BullMQQueueWedged');
  expect(matrix).toContain('queue-paused fired quiet fired');
  expect(matrix).toContain('poison-payloads quiet late quiet');
  expect(matrix).toContain('redis-killed unknown quiet unknown');
});

test('a fault that a rule says nothing about is unknown', () => {
  const html = renderAlertsPage(alertsReport({ faults: ['new-fault'] }), [], options);
  expect(textOf(html, /<table class="matrix">.*?<\/table>/s)).toContain('new-fault unknown unknown unknown');
});

test('each rule has its times, the parts of its delay and its findings with their place', () => {
  const rule = textOf(page, /<section class="rule" id="rule-2">.*?<\/section>/s);
  expect(rule).toContain('10 m 25 s / 11 m / 11 m 45 s');
  expect(rule).toContain('metric 2 m 30 s + scrape 15 s + evaluation 4 m + for 5 m');
  expect(rule).toContain('25 s / 45 s / 1 m fired for 4 m');
  expect(textOf(page, /<section class="rule" id="rule-3">.*?<\/section>/s)).toContain('not shown fired to the end');
  expect(rule).toContain('41 of 60 evaluation phases');
  expect(rule).toContain('runbooks/worker-failure.md:571 and runbooks/worker-failure.md:609');
  expect(textOf(page, /<section class="rule" id="rule-1">.*?<\/section>/s)).toContain('7 m 13 s more would show it');
});

test('a table behind each picture has its values on both clocks', () => {
  expect(page.match(/<details>/g)).toHaveLength(samplePictures.length);
  const values = textOf(page, /<table class="values">.*?<\/table>/s);
  expect(values).toMatch(/ 2:00 1:47 \d+ inactive fault /);
  expect(values).toMatch(/ 18:00 3:23 \d+ firing /);
});

test('the page has no script, asks for nothing and names no address but that of SVG', () => {
  expect(page).not.toMatch(/<script|<link|<img|<iframe|url\(|@import|\son\w+=/);
  expect(new Set(page.match(/https?[^"]*/g))).toEqual(new Set(['http://www.w3.org/2000/svg']));
  expect([...page.matchAll(/href="([^"]*)"/g)].every(([, target]) => target?.startsWith('#'))).toBe(true);
});

test('each id is there once', () => {
  const ids = [...page.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
  expect(new Set(ids).size).toBe(ids.length);
});

test('a picture of no rule is an error', () => {
  expect(() => renderAlertsPage(alertsReport(), [picture({ rule: 'Other' })], options)).toThrow(/Other/);
});

test('hostile text is plain text', () => {
  const of = (words: readonly string[]): string => renderAlertsPage(...hostile(words), options);
  const benign = tagsOf(of(Array.from({ length: 24 }, () => 'z')));
  check(
    property(array(hostileText, { minLength: 24, maxLength: 24 }), (words) => {
      const html = of(words);
      expect(harmfulIn(html)).toEqual([]);
      expect(tagsOf(html)).toEqual(benign);
    }),
    { numRuns: 200, seed: 4 },
  );
});

/** A report in which every text is one of these, with a picture of its rule. */
function hostile(words: readonly string[]): [AlertsReport, Parameters<typeof renderAlertsPage>[1]] {
  const left = [...words];
  const next = (): string => left.shift() ?? 'z';
  const [base] = alertsReport().rules;
  if (!base) throw new Error('the sample has no rule');
  const finding = (): Finding => ({
    id: 'dead',
    severity: 'fail',
    message: next(),
    locations: [1, 2].map((line) => ({ file: next(), line })),
  });
  const cells = base.cells.map((cell): Cell => ({ ...cell, scenario: next(), reason: next() }));
  const rule = { ...base, name: next(), expr: next(), for: next(), location: { file: next(), line: 3 } };
  const report = alertsReport({
    ...{ promtool: next(), runs: [next()], faults: [next()], findings: [finding()] },
    rules: [{ ...rule, cells, findings: [finding()] }],
  });
  const { name, expr, for: wait } = rule;
  return [report, [picture({ rule: name, expr, for: wait, scenario: next(), points: [] })]];
}
