import { describe, expect, test } from 'vitest';

import { parseRunbook } from './parse-runbook.ts';
import type { Runbook } from './runbook.ts';

const headings = ['| Metric | Normal range | Alert threshold |', '|---|---|---|'];
const ours = [
  '| waiting | < 800 | > 4000 |',
  '| active | 2-40 | > 90 |',
  '| failed | < 12/hour | > 60/hour |',
  '| delayed | < 300 | > 1500 |',
  '| throughput | > 8 jobs/sec | < 2 jobs/sec |',
];

/** Line 5 is the first line of the text. */
function read(...lines: readonly string[]): Promise<Runbook> {
  return parseRunbook(`# Mail fleet\n\n## 1. Limits\n\n${lines.join('\n')}\n`, 'mail.md');
}

const rowsOf = ({ thresholds }: Runbook): readonly string[] =>
  thresholds.map(({ metric, normal, alert }) => `${metric}: ${normal.text}, ${alert.text}`);
const notesOf = ({ notUnderstood }: Runbook): readonly string[] =>
  notUnderstood.map(
    ({ message, location, threshold }) =>
      `${location.line}${threshold === undefined ? '' : ` ${threshold}`} ${message}`,
  );

describe('rows of other metrics', () => {
  test.each([
    '| p99 of the delivery time | < 3 s | > 20 s |',
    '| Memory of Redis | < 70% | > 85% |',
    '| Failure rate | < 2% | > 8% |',
    '| Rate of failed jobs | < 10/hour | > 50/hour |',
    '| Active workers | 4 | < 3 |',
    '| Age of the oldest waiting job | < 90 s | > 10 min |',
    '| Waiting jobs per queue | < 30 | > 60 |',
    '| Waiting jobs of `invoice.send` | < 30 | > 60 |',
    '| Waiting or delayed jobs | < 30 | > 60 |',
    '| Joburi în așteptare pe coadă | < 30 | > 60 |',
    '| | < 30 | > 60 |',
  ])('%s is noted at its line, and the five thresholds stay', async (row) => {
    const runbook = await read(...headings, ours[0] ?? '', row, ...ours.slice(1));
    expect(rowsOf(runbook)).toHaveLength(5);
    expect(rowsOf(runbook)[0]).toBe('waiting: < 800, > 4000');
    expect(notesOf(runbook)).toEqual([expect.stringMatching(/^8 the row .* is none of the thresholds/)]);
  });

  test.each([
    ['Number of waiting jobs (all queues)', '< 30', '> 60', 'waiting'],
    ['Queue backlog', '< 30', '> 60', 'waiting'],
    ['Failed jobs per hour', '< 3/hour', '> 6/hour', 'failed'],
    ['Job failures', '< 3/h', '> 6/h', 'failed'],
    ['⚙️ Active', '1 – 30', '> 60', 'active'],
    ['Joburi amânate', '< 30', '> 60', 'delayed'],
    ['Rata de procesare', '> 3 joburi pe secundă', '< 1 job/s', 'rate'],
    ['Jobs processed: rate', '> 3 jobs/s', '< 1 job/s', 'rate'],
  ])('%s is one of ours', async (name, normal, alert, metric) => {
    const runbook = await read(...headings, `| ${name} | ${normal} | ${alert} |`);
    expect(runbook.thresholds.map((row) => row.metric)).toEqual([metric]);
    expect(notesOf(runbook)).toEqual([]);
  });
});

describe('headings', () => {
  test.each([
    ['| Metric | OK | Critical |', 'waiting: < 800, > 4000'],
    ['| Metric | Normal | Warning |', 'waiting: < 800, > 4000'],
    ['| Metrică | Normal | Avertizare |', 'waiting: < 800, > 4000'],
  ])('%s', async (heading, row) => {
    const runbook = await read(heading, '|---|---|---|', '| waiting | < 800 | > 4000 |');
    expect(rowsOf(runbook)).toEqual([row]);
    expect(notesOf(runbook)).toEqual([]);
  });

  test('critical goes before warning, and the times of both are noted', async () => {
    const runbook = await read(
      '| Metric | OK | Warning | Critical | Remedy |',
      '|---|---|---|---|---|',
      '| waiting | < 800 | ≥ 2,000 for 10 min | ≥ 4k for at least 3 minutes | add workers |',
    );
    expect(rowsOf(runbook)).toEqual(['waiting: < 800, ≥ 4k for at least 3 minutes']);
    expect(runbook.thresholds[0]?.alert).toMatchObject({ min: { value: 4000, inclusive: true } });
    expect(runbook.thresholds[0]?.warning).toMatchObject({ min: { value: 2000, inclusive: true } });
    expect(notesOf(runbook)).toEqual([
      expect.stringMatching(/^7 the warning .* `for 10 min`.*the number .* not the time/),
      expect.stringMatching(/^7 the alert threshold .* `for at least 3 minutes`/),
    ]);
  });

  test('alert goes before critical, which is noted', async () => {
    const runbook = await read(
      '| Metric | Normal | Alert | Critical |',
      '|---|---|---|---|',
      '| waiting | < 800 | > 4000 | > 9000 |',
    );
    expect(rowsOf(runbook)).toEqual(['waiting: < 800, > 4000']);
    expect(notesOf(runbook)).toEqual([expect.stringMatching(/^5 the column `Critical` .* `Alert`/)]);
  });

  test.each([
    ['soon', /^7 the warning of waiting cannot be read: `soon`/],
    ['> 0', /^7 normal range `< 800` and warning `> 0` of waiting overlap/],
  ])('a warning %s is noted, and the threshold stays', async (warning, says) => {
    const runbook = await read(
      '| Metric | OK | Warning | Critical |',
      '|---|---|---|---|',
      `| waiting | < 800 | ${warning} | > 4000 |`,
    );
    expect(rowsOf(runbook)).toEqual(['waiting: < 800, > 4000']);
    expect(runbook.thresholds[0]).not.toHaveProperty('warning');
    expect(notesOf(runbook)).toEqual([expect.stringMatching(says)]);
  });

  test('a table without a normal range is noted, and a table about other things is not', async () => {
    const runbook = await read(
      '| Metric | Alert |',
      '|---|---|',
      '| waiting | > 4000 |',
      '',
      '| Alert | Page |',
      '|---|---|',
      '| Backlog | mail team |',
    );
    expect(notesOf(runbook)).toEqual([expect.stringMatching(/^5 .*no column for the normal range/)]);
    expect(runbook.thresholds).toEqual([]);
  });
});

describe('a threshold that cannot be used is missing, and its line is noted', () => {
  test.each([
    ['| waiting | not many | > 4000 |', /normal range of waiting cannot be read: `not many`/],
    ['| waiting | < 800 | > 4000 if at night |', /alert threshold of waiting cannot be read/],
    ['| waiting | < 800 for 3 min | > 4000 |', /normal range of waiting cannot be read/],
    ['| waiting | < 800 | |', /alert threshold of waiting is missing/],
    ['| waiting | < 800 |', /alert threshold of waiting is missing/],
    ['| waiting | < 800 | > 400 |', /overlap/],
    ['| waiting | < 8% | > 40% |', /the unit `%` does not fit/],
  ])('%s', async (row, says) => {
    const runbook = await read(...headings, row, ...ours.slice(1));
    expect(runbook.thresholds.map(({ metric }) => metric)).toEqual(['active', 'failed', 'delayed', 'rate']);
    expect(notesOf(runbook)).toEqual([expect.stringMatching(/^7 waiting /)]);
    expect(notesOf(runbook)[0]).toMatch(says);
  });

  test('two rows that disagree', async () => {
    const runbook = await read(...headings, '| waiting | < 800 | > 4000 |', '| waiting jobs | < 900 | > 4000 |');
    expect(runbook.thresholds).toEqual([]);
    expect(notesOf(runbook)).toEqual([expect.stringMatching(/^8 waiting .* line 7,.*keep one/)]);
  });

  test('a further row in another unit does not displace the one that can be read', async () => {
    const runbook = await read(...headings, '| failed | < 1% | > 5% |', ours[2] ?? '');
    expect(rowsOf(runbook)).toEqual(['failed: < 12/hour, > 60/hour']);
    expect(notesOf(runbook)).toEqual([expect.stringMatching(/^7 the normal range of failed/)]);
  });
});

describe('several tables', () => {
  test('are read together if they have different metrics', async () => {
    const runbook = await read(...headings, ...ours.slice(0, 2), '', ...headings, ...ours.slice(2));
    expect(rowsOf(runbook)).toHaveLength(5);
    expect(notesOf(runbook)).toEqual([]);
  });

  test('of which one is for a group of queues: the fullest counts, and the other is noted', async () => {
    const group = ['| failed | 0/hour | > 4/hour |', '| waiting | < 20 | > 90 |'];
    const before = await read(...headings, ...group, '', '## 2. All', '', ...headings, ...ours);
    expect(rowsOf(before)).toEqual(rowsOf(await read(...headings, ...ours)));
    expect(notesOf(before)).toEqual([expect.stringMatching(/^5 .*failed and waiting.* line 12.*whole fleet/)]);
    const after = await read(...headings, ...ours, '', ...headings, ...group);
    expect(rowsOf(after)).toEqual(rowsOf(before));
    expect(notesOf(after)).toEqual([expect.stringMatching(/^13 /)]);
  });
});

test('of very many notes only the first are kept, and each one about a threshold', async () => {
  const rows = Array.from({ length: 900 }, (_, index) => `| figure ${index} | < 1 | > 2 |`);
  const runbook = await read(...headings, ...rows, '| waiting | few | > 4000 |', ...rows);
  expect(runbook.notUnderstood).toHaveLength(502);
  expect(runbook.notUnderstood.filter(({ threshold }) => threshold !== undefined)).toMatchObject([
    { threshold: 'waiting', location: { line: 907 } },
  ]);
  expect(notesOf(runbook)).toContainEqual(expect.stringMatching(/^507 1300 more places from here on/));
});
