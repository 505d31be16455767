/** Runs alert rules in promtool, and reads their timelines. */
import type { AlertRule } from '../runbook/runbook.ts';
import { AlertSpans, keyOf } from './alert-spans.ts';
import { ask, firstError, samplesOf, type Round } from './ask-promtool.ts';
import type { EngineFacts } from './engine-limits.ts';
import type { Answer } from './parse-promtool.ts';
import { earlyEvaluations, yamlText } from './render-rule-test.ts';
import { failure } from './run-promtool.ts';
import type { AlertTimeline, EvaluationGrid } from './timeline.ts';

/** The fields that decide when a rule fires. */
export type TimedRule = Pick<AlertRule, 'name' | 'expr' | 'for' | 'keepFiringFor' | 'labels'>;

export interface Candidate {
  readonly rule: TimedRule;
  readonly index: number;
  readonly facts: EngineFacts;
}

export type RuleResult = { readonly alerts: readonly AlertTimeline[] } | { readonly problem: string };

/** One rule that the engine cannot evaluate stops promtool. So the others run again without it. */
export async function runRules(
  round: Round,
  candidates: readonly Candidate[],
): Promise<ReadonlyMap<number, RuleResult>> {
  if (candidates.length === 0) return new Map();
  const questions = round.times.map((_, evaluation) => ({ expr: 'ALERTS', evaluation }));
  const output = await ask(
    round,
    questions,
    candidates.map(({ facts }) => facts),
    rulesFile(candidates, round.grid),
  );
  const failed = new Map(
    output.ruleErrors.map(({ rule, error }) => [indexOf(rule), { problem: error }] satisfies [number, RuleResult]),
  );
  const rest = candidates.filter(({ index }) => !failed.has(index));
  if (rest.length < candidates.length) return new Map([...failed, ...(await runRules(round, rest))]);
  if (failed.size > 0) throw failure(round.promtool, 'names a rule that it was not asked about');
  const error = output.fileErrors[0]?.error ?? firstError(output.answers);
  const [only, ...more] = candidates;
  if (error !== undefined && only && more.length === 0) return new Map([[only.index, { problem: error }]]);
  if (error !== undefined) {
    const half = Math.ceil(candidates.length / 2);
    const halves = [candidates.slice(0, half), candidates.slice(half)];
    const results = [];
    for (const each of halves) results.push(...(await runRules(round, each)));
    return new Map(results);
  }
  return timelinesOf(output.answers, round.times, candidates);
}

/** The alerts get the rules' numbers as names, because names need not be unique. */
function rulesFile(candidates: readonly Candidate[], grid: EvaluationGrid): string {
  return [
    'groups:',
    '- name: g',
    '  rules:',
    ...candidates.flatMap(({ rule, index, facts }) => [
      `  - alert: r${index}`,
      `    expr: ${yamlText(earlyEvaluations(grid) === 0 ? rule.expr : lateExpr(rule.expr, facts))}`,
      ...(rule.for === undefined ? [] : [`    for: ${yamlText(rule.for)}`]),
      ...(rule.keepFiringFor === undefined ? [] : [`    keep_firing_for: ${yamlText(rule.keepFiringFor)}`]),
      '    labels:',
      ...Object.entries(rule.labels).map(([label, value]) => `      ${yamlText(label)}: ${yamlText(value)}`),
    ]),
    '',
  ].join('\n');
}

/** The expression, without a result at promtool's first evaluation, which is before the segment starts. */
function lateExpr(expr: string, { scalar }: EngineFacts): string {
  return `${scalar ? 'vector' : ''}(${expr}\n) and on() (vector(time()) > 0)`;
}

function timelinesOf(
  answers: readonly Answer[],
  times: readonly number[],
  candidates: readonly Candidate[],
): ReadonlyMap<number, RuleResult> {
  const spans = new Map(candidates.map(({ index }) => [index, new AlertSpans(times)]));
  const known = new Map<object, (evaluation: number) => void>();
  for (const [evaluation, answer] of answers.entries()) {
    for (const { labels } of samplesOf(answer)) {
      let see = known.get(labels);
      if (!see) {
        const { __name__: _, alertname = '', alertstate, ...own } = labels;
        const key = keyOf(own);
        const alerts = spans.get(indexOf(alertname));
        if (!alerts || (alertstate !== 'pending' && alertstate !== 'firing'))
          throw new Error(`no alert has the labels ${JSON.stringify(labels)}`);
        known.set(labels, (see = (at) => alerts.see(key, at, alertstate)));
      }
      see(evaluation);
    }
  }
  return new Map([...spans].map(([index, alerts]) => [index, { alerts: alerts.timelines() }]));
}

function indexOf(alertname: string): number {
  return Number(alertname.slice(1));
}
