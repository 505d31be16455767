/** The alert state machine does what Prometheus does, on random rules over random series. */
import { readFile } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';
import { sample } from 'fast-check';
import { beforeAll, expect, test } from 'vitest';

import { runMachine } from './alert-machine.ts';
import { evaluateAlerts, evaluateExpressions } from './evaluate.ts';
import { requirePromtool } from './testing/promtool.ts';
import { phaseStep, randomCases, type RandomCase, type RandomRule } from './testing/random-rules.ts';
import type { AlertTimeline, EvaluationGrid, ExpressionResult } from './timeline.ts';

/** A rule with the answers of promtool. */
interface Answered {
  readonly rule: RandomRule;
  readonly grid: EvaluationGrid;
  readonly alerts: readonly AlertTimeline[];
  /** At phase 0, and more often than the rule is evaluated. */
  readonly result: ExpressionResult;
}

let answered: readonly Answered[];
beforeAll(async () => {
  const promtool = requirePromtool();
  const ask = async ({ segment, grid, rules }: RandomCase): Promise<readonly Answered[]> => {
    const outcomes = await evaluateAlerts(promtool, segment, rules, grid);
    const fine = { intervalMs: phaseStep * 1000, phaseMs: 0 };
    const exprs = [...new Set(rules.map(({ expr }) => expr))];
    const results = await evaluateExpressions(promtool, segment, exprs, fine);
    return outcomes.map((outcome) => {
      const result = results[exprs.indexOf(outcome.rule.expr)];
      if (!result || 'problem' in result || 'problem' in outcome)
        throw new Error(`promtool has no answer: ${JSON.stringify([outcome, result])}`);
      return { rule: outcome.rule, grid, alerts: outcome.alerts, result };
    });
  };
  answered = (await Promise.all(sample(randomCases, 12).map(ask))).flat();
}, 180_000);

function differing(machine: typeof runMachine): readonly Answered[] {
  return answered.filter(({ rule, grid, alerts, result }) => {
    const own = machine(
      result,
      { forMs: rule.forSeconds * 1000, keepFiringForMs: rule.keepSeconds * 1000, labels: rule.labels },
      { startS: 0, ...grid },
    );
    return JSON.stringify(own) !== JSON.stringify(alerts);
  });
}

test('the machine and promtool agree on 600 rules', () => {
  const [first] = differing(runMachine);
  expect(first && { rule: first.rule, grid: first.grid, promtool: first.alerts }).toBeUndefined();
  expect(answered.length).toBe(600);
});

test('the rules reach every state', () => {
  const spans = answered.flatMap(({ alerts }) => alerts.flatMap((alert) => alert.spans));
  const interesting = {
    pending: spans.filter(({ state }) => state === 'pending').length,
    firing: spans.filter(({ state }) => state === 'firing').length,
    open: spans.filter(({ untilS }) => untilS === undefined).length,
    again: answered.filter(({ alerts }) => alerts.some((alert) => alert.spans.length > 4)).length,
  };
  for (const number of Object.values(interesting)) expect(number).toBeGreaterThan(100);
});

const mutants = {
  'fires one evaluation later if `for` is a multiple': [
    'Math.ceil(rule.forMs / intervalMs)',
    'Math.floor(rule.forMs / intervalMs) + 1',
  ],
  'counts `keep_firing_for` from the last true evaluation': [
    'Math.ceil(rule.keepFiringForMs / intervalMs) + 1',
    'Math.max(1, Math.ceil(rule.keepFiringForMs / intervalMs))',
  ],
  'keeps a pending alert over a gap': ['fires <= last.to && gone < times.length', 'gone < times.length'],
  'becomes active one scrape later': [
    'Math.ceil(rule.forMs / intervalMs)',
    'Math.ceil((rule.forMs + 15_000) / intervalMs)',
  ],
  'becomes active one scrape earlier': [
    'Math.ceil(rule.forMs / intervalMs)',
    'Math.max(0, Math.ceil((rule.forMs - 15_000) / intervalMs))',
  ],
} as const;

test.for(Object.entries(mutants))('promtool disagrees with a machine that %s', async ([, [old, changed]]) => {
  const mutated = await loadMutant(old, changed);
  expect(differing(mutated).length).toBeGreaterThan(10);
});

/** The machine with one change in its source. */
async function loadMutant(old: string, changed: string): Promise<typeof runMachine> {
  const source = await readFile(new URL('alert-machine.ts', import.meta.url), 'utf8');
  expect(source.split(old)).toHaveLength(2);
  const code = stripTypeScriptTypes(source.replace(old, changed)).replaceAll(
    /from '(\.[^']+)'/g,
    (_, file: string) => `from '${new URL(file, import.meta.url).href}'`,
  );
  const module = (await import(`data:text/javascript,${encodeURIComponent(code)}`)) as {
    readonly runMachine: typeof runMachine;
  };
  return module.runMachine;
}
