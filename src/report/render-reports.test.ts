import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';

import { schemaTexts } from '../../schema/generate.ts';
import { runReportSchema } from '../verdict/run-report.ts';
import { renderConsole } from './render-console.ts';
import { renderJson } from './render-json.ts';
import { renderJunit } from './render-junit.ts';
import { renderSummary } from './render-summary.ts';
import { check, failing, hostile, report, scenario } from './testing/sample-report.ts';
import { judged } from './testing/sample-page.ts';
import { writeReports } from './write-reports.ts';

const plain = { color: false, cwd: '/project' };
const changed = report({
  clockChanges: [
    { at: { realMs: 1000, sandbox: '2026-01-01T00:00:10.000Z' }, rate: 1 },
    { at: { realMs: 2000, sandbox: '2026-01-01T00:00:11.000Z' }, rate: 10 },
  ],
});
const failed = report({
  verdict: 'fail',
  exitCode: 1,
  scenarios: [
    scenario({
      verdict: 'fail',
      recovery: null,
      checks: [
        check('steady-state', 'pass'),
        check('control-arm', 'inconclusive', [{ message: 'it was not run' }]),
        check('recovery:3.2', 'fail', [failing, failing, failing]),
      ],
    }),
  ],
});

describe('on the terminal', () => {
  test('prints a run that passed', () => {
    expect(renderConsole(report(), plain))
      .toBe(`pass          queue-paused  one queue is paused (recovered in 9.2 s sandbox, 0.9 s real)

runbook      Worker failure, version 1.1
version      redis: the runbook says 8.4.0, 8.6.3 ran
not covered  3.2 > bash[2], 4.4 Drain
clock        10 sandbox seconds a second, seed 1

pass: 1 passed, 0 failed, 0 inconclusive in 30.0 s
`);
  });

  test('explains a failure in at most three lines: where, what, why and the output, failures first', () => {
    const line =
      'runbooks/worker-failure.md:200  `docker compose exec api node -e " …` failed with 1, and the block still ended with 0: BullMQ 5 refuses a colon in a queue name (it printed: Error: Queue name cannot contain :)';
    expect(renderConsole(failed, plain).split('\n').slice(0, 5)).toEqual([
      'FAIL          queue-paused  one queue is paused',
      `              ${line}`,
      `              ${line}`,
      `              ${line}`,
      '              and 1 more in report.json',
    ]);
  });

  test('prints paths relative to the working folder', () => {
    const far = { ...failing, location: { file: '/project/docs/r.md', line: 3 } };
    expect(renderConsole(report({ checks: [check('oracle', 'fail', [far])] }), plain)).toContain('docs/r.md:3  ');
  });

  test('prints a problem of the whole run once', () => {
    const text = renderConsole(report({ checks: [check('whole-run', 'inconclusive')] }), plain);
    expect(text.split('\n').filter((line) => line.includes('whole-run'))).toHaveLength(1);
  });

  test('prints the reason for an inconclusive check beside its location', () => {
    const excused = {
      ...check('recovered', 'inconclusive', [failing]),
      message: 'the machine was busy, so it proves nothing',
    };
    const text = renderConsole(
      report({ scenarios: [scenario({ verdict: 'inconclusive', checks: [excused] })] }),
      plain,
    );
    expect(text).toMatch(/:200 +the machine was busy, so it proves nothing/);
  });

  test('lists what it does not understand at its line, at most eight places', () => {
    const runbook = (places: number) => ({
      ...report().runbook,
      notUnderstood: Array.from({ length: places }, (_, index) => ({
        message: 'the row `p99` is not one of ours',
        location: { file: '/project/docs/r.md', line: index + 1 },
      })),
    });
    const few = renderConsole(report({ runbook: runbook(1) }), plain);
    expect(few).toMatch(/\nnot understood.*:\n +docs\/r\.md:1  the row `p99` is not one of ours\n/);
    const many = renderConsole(report({ runbook: runbook(10) }), plain);
    expect(many.match(/docs\/r\.md:/g)).toHaveLength(8);
    expect(many).toMatch(/and 2 more in report\.json/);
    expect(renderConsole(report({ runbook: runbook(0) }), plain)).toBe(renderConsole(report(), plain));
  });

  test('uses colours only on request', () => {
    expect(renderConsole(failed, plain)).not.toContain('\u001b');
    expect(renderConsole(failed, { ...plain, color: true })).toContain('\u001b[31mFAIL');
  });

  test('says that a run was interrupted', () => {
    expect(renderConsole(report({ interrupted: 'SIGINT', verdict: 'inconclusive' }), plain)).toMatch(/\ninterrupted: /);
  });
});

describe('the output of a block is harmless to', () => {
  const bad = report({
    notes: [hostile],
    scenarios: [
      scenario({
        title: hostile,
        checks: [check(hostile, 'fail', [{ message: hostile, output: hostile, cause: hostile }])],
      }),
    ],
  });

  test('a terminal', () => {
    const text = renderConsole(bad, plain);
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
    expect(text.split('\n').filter((line) => line.startsWith('::'))).toEqual([]);
  });

  test('XML', () => {
    const text = renderJunit(bad);
    expect(text).not.toContain('<script');
    expect(text).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/);
    expect(text.replaceAll(/<[^<>]*>/g, '')).not.toMatch(/[<>]/);
  });

  test('Markdown', () => {
    const text = renderSummary(bad);
    expect(text).not.toContain('<script');
    expect(text).not.toContain('**bold**');
    expect(text.split('\n').filter((line) => line.startsWith('::'))).toEqual([]);
  });
});

test('JUnit counts an inconclusive check as an error, not as passed', () => {
  const text = renderJunit(failed);
  expect(text).toContain('<testsuites name="drillbook" tests="4" failures="1" errors="1">');
  expect(text).toMatch(/<testcase classname="queue-paused" name="control-arm">\s*<error type="inconclusive"/);
  expect(text).toContain('<testcase classname="queue-paused" name="steady-state"/>');
});

test('the summary has a row per scenario', () => {
  expect(renderSummary(report())).toContain('| queue-paused | ✅ pass | 9.2 s | 0.9 s |');
});

test('the summary lists what is not understood, and says nothing if there is nothing', () => {
  const note = { message: 'the column `Warning` is not checked', location: { file: 'r.md', line: 7 } };
  const text = renderSummary(report({ runbook: { ...report().runbook, notUnderstood: [note] } }));
  expect(text).toMatch(/\nNot understood.*:\n\n- line 7: the column .*Warning/);
  expect(renderSummary(report())).not.toContain('Not understood');
});

test('report.json matches its published schema', async () => {
  expect(runReportSchema.parse(JSON.parse(renderJson(failed)))).toEqual(failed);
});

test('the published schemas are those of the sources', async () => {
  for (const [name, text] of Object.entries(schemaTexts())) {
    const published = await readFile(path.resolve(import.meta.dirname, '../../schema', name), 'utf8');
    expect(published, 'run `node schema/generate.ts`').toBe(text);
  }
});

test('writes the report files and nothing else, the same each time', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'drillbook-report-'));
  try {
    const run = await judged();
    const page = (): Promise<string> => readFile(path.join(folder, 'report.html'), 'utf8');
    await writeReports(run, folder);
    const first = await page();
    await writeReports({ ...run, report: { ...run.report, generatedAt: '2027-01-01T00:00:00.000Z' } }, folder);
    expect((await readdir(folder)).toSorted()).toEqual(['junit.xml', 'report.html', 'report.json', 'summary.md']);
    expect(await page()).toBe(first);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('names the rates of the clock once they have changed', () => {
  expect(renderConsole(changed, plain)).toContain(
    'clock        1 to 10 sandbox seconds a second, changed 2 times, seed 1',
  );
  expect(renderSummary(changed)).toContain('1 to 10 sandbox seconds a second, changed 2 times;');
});
