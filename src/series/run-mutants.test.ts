import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';

import type { Check } from '../verdict/run-report.ts';
import type { Mutant } from '../mutation/mutant.ts';
import { mutationRecord, type MutantOutcome } from '../mutation/mutation-score.ts';
import { parseRunbook } from '../runbook/parse-runbook.ts';
import { judgeMutant, mutationFile, runMutants, type MutantsOptions } from './run-mutants.ts';

const check = (id: string, verdict: Check['verdict']): Check => ({
  id,
  verdict,
  message: `${id} is ${verdict}`,
  locations: [],
  findings: [],
});
const fateOf = (ofRun: Check[], ofScenario: Check[]) =>
  judgeMutant({ id: 'queue-paused' }, { checks: ofRun, scenarios: [{ checks: ofScenario }] });

test('a mutant is killed by any failed check, and the check is named', () => {
  expect(
    fateOf([check('whole-run', 'pass')], [check('steady-state', 'inconclusive'), check('recovered', 'fail')]),
  ).toEqual({ fate: 'killed', scenario: 'queue-paused', reason: 'recovered: recovered is fail' });
  expect(fateOf([check('coverage', 'fail')], [])).toMatchObject({ fate: 'killed' });
});

test('a mutant survives if every check passes, although there is no control arm', () => {
  expect(fateOf([], [check('recovered', 'pass'), check('control-arm', 'inconclusive')])).toEqual({ fate: 'survived' });
});

test('an inconclusive check leaves the mutant open', () => {
  expect(fateOf([check('teardown', 'inconclusive')], [check('recovered', 'pass')])).toMatchObject({
    fate: 'inconclusive',
    reason: 'teardown: teardown is inconclusive',
  });
});

const mutant = (id: string): Mutant => ({
  id,
  operator: id.split(':')[0] ?? '',
  line: 1,
  address: undefined,
  before: 'sleep 9',
  after: `sleep ${id.length}`,
  text: '# R\n',
});

/** Runs mutants that no scenario runs, which needs no sandbox. */
async function runUntouched(mutants: readonly Mutant[], all: readonly Mutant[], known: readonly MutantOutcome[]) {
  const reportDir = await mkdtemp(path.join(tmpdir(), 'drillbook-'));
  try {
    const options = {
      ...{ mutants, all, outcomes: known, reportDir, sample: { size: 2, seed: 5 }, equivalent: [], scenarios: [] },
      runbook: await parseRunbook('# R\n\n## 1. A\n\ntext\n', 'r.md'),
      signal: new AbortController().signal,
      isTimeLeft: () => true,
      onOutcome: () => undefined,
    };
    const outcomes = await runMutants(options as unknown as MutantsOptions);
    const file = await readFile(path.join(reportDir, mutationFile), 'utf8');
    return { outcomes, record: mutationRecord.parse(JSON.parse(file)) };
  } finally {
    await rm(reportDir, { recursive: true });
  }
}

test('the record holds the sample, its interval, and the score of each operator, and a series goes on from it', async () => {
  const all = ['half:1', 'echo:11', 'half:111'].map(mutant);
  const first = await runUntouched(all.slice(0, 1), all, []);
  expect(first.record).toMatchObject({
    score: 0,
    sample: { size: 2, seed: 5 },
    operators: [{ operator: 'half', untouched: 1 }],
  });
  expect(first.record.interval?.from).toBe(0);

  const killed = { ...first.record.outcomes[0], fate: 'killed' } as MutantOutcome;
  const second = await runUntouched(all.slice(0, 2), all, [killed]);
  expect(second.outcomes.map(({ id, fate }) => [id, fate])).toEqual([
    ['half:1', 'killed'],
    ['echo:11', 'untouched'],
  ]);
  expect(second.record.score).toBe(0.5);
});

test('a mutant runs again if its id meant another change in the earlier series', async () => {
  const all = [mutant('half:1')];
  const other: MutantOutcome = { id: 'half:1', line: 1, before: 'sleep 9', after: 'sleep 3', fate: 'killed' };
  const { outcomes } = await runUntouched(all, all, [other]);
  expect(outcomes.map(({ fate }) => fate)).toEqual(['untouched']);
});
