import { expect, test } from 'vitest';

import type { RecordedArm } from '../alerts/alerts-input.ts';
import type { AlertExpectation } from '../alerts/judge-expectations.ts';
import type { Point, RecordedSeries } from '../alerts/recording.ts';
import { requirePromtool } from '../alerts/testing/promtool.ts';
import { mutateRules } from '../mutation/mutate-rules.ts';
import { parseRunbook } from '../runbook/parse-runbook.ts';
import { runRuleMutants, type RuleMutantOutcome } from './run-rule-mutants.ts';

const promtool = requirePromtool();
const location = { file: 'x.scenario.ts', line: 9 };
const [onset, end] = [600, 1500];

/** From the fault on, one queue has these jobs and the other half as many. Before, each has 2. */
function armOf(scenario: string, jobs: number): RecordedArm {
  const seconds = Array.from({ length: end / 15 }, (_, index) => 5 + index * 15);
  const series = ['a', 'b'].flatMap((queue, index) =>
    ['waiting', 'active'].map((state): RecordedSeries => {
      const value = (second: number): number => (state === 'active' ? 1 : second < onset ? 2 : jobs / (index + 1));
      const points = seconds.map((second): Point => ({ s: second * 1000, value: value(second) }));
      return { name: 'jobs', labels: { job: 'api', instance: 'api:1', queue, state }, kind: 'gauge', points };
    }),
  );
  const scrapes = seconds.map((second) => ({ target: 'api', s: second * 1000, tookMs: 10, ok: true, late: false }));
  const name = `${scenario}/control`;
  const [startS, endS] = [5000, scrapes.at(-1)?.s ?? 0];
  return {
    run: 'r',
    clock: { startT: 0, timeScale: 10 },
    segment: { name, scenario, arm: 'control', startS, endS, intervalMs: 15_000, series, scrapes },
    truth: {
      scenario,
      arm: 'control',
      startS: 0,
      startT: 0,
      breaks: true,
      endS: end * 1000,
      problem: undefined,
      fault: { kind: 'backlog', onsetS: onset * 1000, overS: end * 1000, recovered: false },
    },
  };
}

async function outcomesOf(
  rule: string,
  arms: readonly RecordedArm[],
  statement: Partial<AlertExpectation> = {},
): Promise<Readonly<Record<string, RuleMutantOutcome>>> {
  const runbook = await parseRunbook(`# R\n\n\`\`\`yaml\n${rule}\n\`\`\`\n`, 'r.md');
  const rules = runbook.alertRules;
  const mutants = mutateRules(rules, () => ['active', 'waiting']);
  const expectations = [{ scenario: 'flood', fire: {}, quiet: [], clearMs: undefined, location, ...statement }];
  const input = { promtool, rules, arms, evaluationMs: 15_000, scrapeMs: 15_000, expectations };
  const outcomes = await runRuleMutants(input, runbook, mutants);
  return Object.fromEntries(outcomes.map((outcome) => [outcome.id, outcome]));
}

const rule = '- alert: A\n  expr: sum(jobs{state="waiting"}) > 100\n  for: 2m';

test('notices what makes a rule dead, noisy or unknown', async () => {
  const outcomes = await outcomesOf(rule, [armOf('flood', 300)]);
  expect(outcomes).toMatchObject({
    'flip:A': { fate: 'killed', reason: expect.stringContaining('healthy') },
    'times-10:A': { fate: 'killed', reason: expect.stringContaining('dead') },
    'other-state:A': { fate: 'killed', reason: expect.stringContaining('dead') },
    'drop:A': { fate: 'killed', reason: expect.stringContaining('no rule fires for flood') },
  });
});

test('a mutant that still fires, but has no healthy time to be watched in, says that', async () => {
  const outcomes = await outcomesOf(rule.replace('2m', '4m'), [armOf('flood', 300)]);
  expect(outcomes['for-times-3:A']).toMatchObject({
    fate: 'killed',
    reason: 'its verdict is inconclusive instead of pass: no healthy time is long enough for its `for`',
  });
});

test('names what would tell a survivor from the rule', async () => {
  const outcomes = await outcomesOf(rule, [armOf('flood', 300), armOf('drizzle', 40)]);
  expect(outcomes).toMatchObject({
    'by-10:A': { fate: 'survived', advice: 'state in drizzle: alerts: { quiet: ["A"] }' },
    'for-times-3:A': { fate: 'survived', advice: `state in flood: alerts: { fire: { "A": '3m' } }` },
    'sum-to-max:A': { fate: 'survived', advice: expect.stringMatching(/^add a fault: one that spreads/) },
  });
});

test('a statement of a scenario notices them', async () => {
  const arms = [armOf('flood', 300), armOf('drizzle', 40)];
  const slow = await outcomesOf(rule, arms, { fire: { A: 180_000 } });
  expect(slow['for-times-3:A']).toMatchObject({ fate: 'killed', reason: expect.stringContaining('later than 3 m') });
  const small = await outcomesOf(rule, arms, { scenario: 'drizzle', quiet: ['A'] });
  expect(small['by-10:A']).toMatchObject({ fate: 'killed', reason: expect.stringContaining('must stay quiet') });
});

test('says nothing about a rule that the recordings do not show', async () => {
  const outcomes = await outcomesOf(rule.replace('2m', '1h'), [armOf('flood', 300)]);
  expect(outcomes['by-10:A']).toMatchObject({ fate: 'inconclusive', reason: expect.stringContaining('needs') });
});
