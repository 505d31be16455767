import { expect, test } from 'vitest';

import { parseRunbook } from '../runbook/parse-runbook.ts';
import { mutateRules, type RuleMutant } from './mutate-rules.ts';

const states = ['active', 'completed', 'failed', 'paused', 'waiting'];

async function mutantsOf(rules: string): Promise<readonly RuleMutant[]> {
  const { alertRules, alertProblems } = await parseRunbook(`# R\n\n\`\`\`yaml\n${rules}\`\`\`\n`, 'r.md');
  expect(alertProblems).toEqual([]);
  return mutateRules(alertRules, (metric, label) => (metric === 'jobs' && label === 'state' ? states : []));
}

test('each operator makes the change that its name says, at its line', async () => {
  const mutants = await mutantsOf('- alert: A\n  expr: sum(jobs{state=~"waiting|paused"}) > 50\n  for: 5m\n');
  expect(mutants.map(({ id, line, after }) => [id, line, after])).toEqual([
    ['flip:A', 5, 'sum(jobs{state=~"waiting|paused"}) < 50'],
    ['times-10:A', 5, 'sum(jobs{state=~"waiting|paused"}) > 500'],
    ['by-10:A', 5, 'sum(jobs{state=~"waiting|paused"}) > 5'],
    ['other-state:A', 5, 'sum(jobs{state=~"active"}) > 50'],
    ['sum-to-max:A', 5, 'max(jobs{state=~"waiting|paused"}) > 50'],
    ['for-times-3:A', 6, 'for: 15m'],
    ['drop:A', 4, ''],
  ]);
  expect(mutants.find(({ operator }) => operator === 'for-times-3')?.mutant?.for).toBe('15m');
});

test('changes every comparison, also with the number on the left', async () => {
  const mutants = await mutantsOf('- alert: A\n  expr: 10 >= jobs and rate(done[5m]) == 0\n');
  expect(mutants.map(({ id, after }) => `${id} ${after}`)).toEqual([
    'flip:A 10 <= jobs and rate(done[5m]) == 0',
    'times-10:A 100 >= jobs and rate(done[5m]) == 0',
    'by-10:A 1 >= jobs and rate(done[5m]) == 0',
    'flip:A#2 10 >= jobs and rate(done[5m]) != 0',
    'drop:A ',
  ]);
});

test('leaves all else of the rule as it is, and the other rules', async () => {
  const mutants = await mutantsOf(
    '- alert: A\n  expr: jobs > 1\n  labels: {severity: page}\n- alert: B\n  expr: jobs > 2\n',
  );
  const [first] = mutants;
  expect(first?.mutant).toEqual({ ...first?.rule, expr: 'jobs < 1' });
  expect(mutants.filter(({ rule }) => rule.name === 'B').map(({ id }) => id)).toEqual([
    'flip:B',
    'times-10:B',
    'by-10:B',
    'drop:B',
  ]);
});

test('leaves out what makes no difference', async () => {
  const mutants = await mutantsOf('- alert: A\n  expr: sum by (queue) (jobs) > 0\n');
  expect(mutants.map(({ id }) => id)).toEqual(['flip:A', 'drop:A']);
});
