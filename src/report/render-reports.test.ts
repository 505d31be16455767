import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';

import { reportSchemaText } from '../../schema/generate.ts';
import { runReportSchema } from '../verdict/run-report.ts';
import { renderConsole } from './render-console.ts';
import { renderJson } from './render-json.ts';
import { renderJunit } from './render-junit.ts';
import { renderSummary } from './render-summary.ts';
import { check, failing, hostile, report, scenario } from './testing/sample-report.ts';
import { writeReports } from './write-reports.ts';

const plain = { color: false, cwd: '/project' };
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

test('report.json matches its published schema', async () => {
  expect(runReportSchema.parse(JSON.parse(renderJson(failed)))).toEqual(failed);
  const published = await readFile(path.resolve(import.meta.dirname, '../../schema/report.schema.json'), 'utf8');
  expect(published, 'run `node schema/generate.ts`').toBe(reportSchemaText());
});

test('writes the three report files and nothing else', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'drillbook-report-'));
  try {
    await writeReports(report(), folder);
    await writeReports(report(), folder);
    expect((await readdir(folder)).toSorted()).toEqual(['junit.xml', 'report.json', 'summary.md']);
  } finally {
    await rm(folder, { recursive: true });
  }
});
