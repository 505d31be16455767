import { cp, mkdtemp, readFile, rm, stat, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';

import { runReportSchema } from '../src/verdict/run-report.ts';
import { runDrillbook, unmet, verify, type Verified } from './run-drillbook.ts';

describe('the main job', () => {
  let run: Verified;
  beforeAll(async () => {
    run = await verify([]);
  }, 900_000);

  test('the project’s own runbook passes every scenario', () => {
    expect(run.report.scenarios.map(({ id, checks }) => [id, unmet(checks)])).toEqual(
      ['container-down', 'crash-loop', 'health-check', 'queue-paused', 'queues-paused'].map((id) => [id, {}]),
    );
    expect(unmet(run.report.checks)).toEqual({});
    expect(run.code).toBe(0);
  });

  test('on the way nothing is printed but progress: no warning of Node’s', () => {
    expect(run.stderr).not.toMatch(/\(node:\d+\)|Warning/);
  });

  test('recovery was timed on both clocks, and every job is accounted for', () => {
    for (const { fault, recovery, ledger } of run.report.scenarios) {
      expect(ledger).toMatchObject({ lost: 0, whole: true });
      expect(ledger?.enqueued).toBeGreaterThan(100);
      if (!fault) continue;
      expect(recovery?.sinceProcedure.realMs).toBeGreaterThan(0);
      expect(recovery?.sinceProcedure.sandboxMs).toBeGreaterThan(recovery?.sinceProcedure.realMs ?? Infinity);
    }
  });

  test('sections that no scenario runs are listed as not covered', () => {
    const covered = run.report.coverage.filter(({ covered: is }) => is).map(({ number }) => number);
    expect(covered).toEqual(expect.arrayContaining(['2.1', '3.1', '3.2']));
    expect(covered).not.toContain('4.4');
    expect(run.stdout).toMatch(/not covered/i);
  });

  test('the run’s folder holds history, reports, transcripts and container logs', async () => {
    const needed = ['history.jsonl', 'report.json', 'junit.xml', 'summary.md', 'redis.log', 'worker-enrichment.log'];
    for (const name of needed) expect((await stat(path.join(run.folder, name))).size, name).toBeGreaterThan(0);
    const transcript = run.report.scenarios[0]?.procedures[0]?.transcript ?? '';
    const [header = ''] = (await readFile(path.join(run.folder, transcript), 'utf8')).split('\n');
    expect(JSON.parse(header)).toMatchObject({ version: 2 });
  });

  test('judging it again gives the same report, byte for byte apart from its time stamp', async () => {
    await using copy = await copyOf(run.folder);
    const again = await runDrillbook(['judge', copy.folder]);
    expect(again.code).toBe(0);
    const texts = await Promise.all(
      [run.folder, copy.folder].map((folder) => readFile(path.join(folder, 'report.json'), 'utf8')),
    );
    const [first, second] = texts.map((text) => text.replace(/"generatedAt": ".*"/, ''));
    expect(second).toBe(first);
  });

  test.each([0.2, 0.5, 0.9])('a history cut off after %d of its length is inconclusive', async (share) => {
    await using copy = await copyOf(run.folder);
    const history = path.join(copy.folder, 'history.jsonl');
    await truncate(history, Math.floor((await stat(history)).size * share));
    const { code } = await runDrillbook(['judge', copy.folder]);
    const report = runReportSchema.parse(JSON.parse(await readFile(path.join(copy.folder, 'report.json'), 'utf8')));
    expect(report.verdict).toBe('inconclusive');
    expect(Object.values(unmet(report.checks)).join(' ')).toMatch(/phase/);
    expect(code).toBe(2);
  });
});

async function copyOf(folder: string): Promise<AsyncDisposable & { readonly folder: string }> {
  const copy = await mkdtemp(path.join(tmpdir(), 'drillbook-test-'));
  await cp(folder, copy, { recursive: true });
  return { folder: copy, [Symbol.asyncDispose]: () => rm(copy, { recursive: true }) };
}
