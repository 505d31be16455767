import { cp, mkdtemp, readdir, readFile, rm, stat, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';

import { readRecoveryBaseline } from '../src/config/recovery-baseline.ts';
import { runReportSchema } from '../src/verdict/run-report.ts';
import { projectDir, runDrillbook, unmet, verify, verifyAsConfigured, type Verified } from './support/run-drillbook.ts';
import { isDeep, sample } from './support/sample.ts';
import { createSmallProject } from './support/small-project.ts';

const suffix = '.scenario.ts';
const scenarios = (await readdir(path.join(projectDir, 'scenarios')))
  .filter((name) => name.endsWith(suffix))
  .map((name) => name.slice(0, -suffix.length))
  .toSorted();
// One scenario with a recovery always runs: some of the others run no block at all, or only a diagnosis.
const always = 'queue-paused';
const drawn = [always, ...sample('verify', scenarios, (id) => id).filter((id) => id !== always)].toSorted();

describe('a run of the project', () => {
  let run: Verified;
  beforeAll(async () => {
    // The whole gate runs as a user runs it.
    run = isDeep ? await verifyAsConfigured() : await verify(drawn.flatMap((id) => ['--only', id]));
  }, 3_600_000);

  test('the project’s own runbook passes every scenario', () => {
    expect(scenarios.length).toBeGreaterThan(20);
    expect(run.report.scenarios.map(({ id, checks }) => [id, unmet(checks)])).toEqual(drawn.map((id) => [id, {}]));
    expect(unmet(run.report.checks)).toEqual({});
    expect(run.code).toBe(0);
  });

  test('the run prints nothing but progress: no warning of Node', () => {
    expect(run.stderr).not.toMatch(/\(node:\d+\)|Warning/);
  });

  test('the recovery is timed on both clocks, and every job is accounted for', () => {
    for (const { id, procedures, recovery, ledger } of run.report.scenarios) {
      expect(ledger).toMatchObject({ whole: true });
      if (id !== 'redis-aof-stale') expect(ledger?.lost).toBe(0);
      expect(ledger?.enqueued).toBeGreaterThan(100);
      if (!procedures.some(({ purpose }) => purpose === 'recovery')) continue;
      expect(recovery?.sinceProcedure.realMs).toBeGreaterThan(0);
      expect(recovery?.sinceProcedure.sandboxMs).toBeGreaterThan(recovery?.sinceProcedure.realMs ?? Infinity);
    }
  });

  test.runIf(isDeep)('every block of the runbook ran', () => {
    const missed = run.report.coverage.flatMap(({ procedures }) => procedures.filter(({ covered }) => !covered));
    expect(missed).toEqual([]);
  });

  test('the folder of the run holds history, reports, transcripts and container logs', async () => {
    const reports = ['report.json', 'report.html', 'junit.xml', 'summary.md'];
    const needed = ['history.jsonl', ...reports, 'redis.log', 'worker-enrichment.log'];
    for (const name of needed) expect((await stat(path.join(run.folder, name))).size, name).toBeGreaterThan(0);
    expect((await stat(path.join(run.folder, 'report.html'))).size).toBeLessThan(5_000_000);
    const transcript = run.report.scenarios.flatMap(({ procedures }) => procedures)[0]?.transcript ?? '';
    const [header = ''] = (await readFile(path.join(run.folder, transcript), 'utf8')).split('\n');
    expect(JSON.parse(header)).toMatchObject({ version: 2 });
  });

  test('the slowest recovery of each scenario becomes the baseline', async () => {
    const config = await readFile(path.join(projectDir, 'fixtures/small-fleet/drillbook.config.ts'), 'utf8');
    await using project = await createSmallProject({
      'drillbook.config.ts': config.replace('timeScale: 10,', "timeScale: 10,\n  recoveryBaseline: 'baseline.json',"),
    });
    const cwd = project.directory;
    for (const times of [1, 2]) {
      const { code, stdout, stderr } = await runDrillbook(['baseline', run.folder], { cwd });
      expect(stdout, stderr).toMatch(/^baseline\.json: \d+ recoveries at the time scale \d+$/m);
      expect(code).toBe(0);
      const baseline = await readRecoveryBaseline(path.join(cwd, 'baseline.json'));
      const measured = run.report.scenarios.flatMap(({ id, recovery }) =>
        recovery ? [[id, { slowestMs: recovery.sinceProcedure.sandboxMs, runs: times }] as const] : [],
      );
      expect(measured.length).toBeGreaterThan(0);
      expect(baseline.timeScales).toEqual({ [run.report.timeScale]: Object.fromEntries(measured) });
    }
  });

  test('judging the run again gives the same report, byte for byte apart from its time stamp', async () => {
    await using copy = await copyOf(run.folder);
    const again = await runDrillbook(['judge', copy.folder]);
    expect(again.code).toBe(0);
    const read = (name: string): Promise<readonly string[]> =>
      Promise.all([run.folder, copy.folder].map((folder) => readFile(path.join(folder, name), 'utf8')));
    const [first, second] = (await read('report.json')).map((text) => text.replace(/"generatedAt": ".*"/, ''));
    expect(second).toBe(first);
    const [page, pageAgain] = await read('report.html');
    expect(pageAgain === page, 'report.html differs').toBe(true);
  });

  test.each([0.2, 0.5, 0.9])('a history cut off at %d of its length is inconclusive', async (share) => {
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

test('`--list` prints the line of every block that a scenario runs', async () => {
  const { code, stdout } = await runDrillbook(['verify', '--list']);
  expect(stdout).toMatch(/^queue-paused +3\.2 > Diagnosis > bash\[1\] +runbooks\/worker-failure\.md:\d+:1$/m);
  expect(stdout).toMatch(/^redis-killed +- +runs no block; the fleet must heal by itself$/m);
  expect(stdout).not.toMatch(/NOT FOUND/);
  expect(code).toBe(0);
  const other = await runDrillbook(['verify', '--list', '--runbook', 'fixtures/small-fleet/runbook.md']);
  expect(other.stdout).toMatch(
    /3\.2 > Diagnosis > bash\[1\] +fixtures\/small-fleet\/runbook\.md:1 NOT FOUND: the selector/,
  );
});

async function copyOf(folder: string): Promise<AsyncDisposable & { readonly folder: string }> {
  const copy = await mkdtemp(path.join(tmpdir(), 'drillbook-test-'));
  await cp(folder, copy, { recursive: true });
  return { folder: copy, [Symbol.asyncDispose]: () => rm(copy, { recursive: true }) };
}
