/** Asks Prometheus' own engine, in promtool, what rules and expressions do on a recorded segment. */
import { evaluationsAfterChanges } from './ask-changes.ts';
import { ask, firstError, isReadBy, samplesOf, type EvaluationOptions, type Round } from './ask-promtool.ts';
import { readExpression } from './engine-limits.ts';
import type { Answer } from './parse-promtool.ts';
import type { Segment } from './recording.ts';
import { earlyEvaluations, evaluationsOf, type Question } from './render-rule-test.ts';
import type { Promtool } from './run-promtool.ts';
import { runRules, type Candidate, type TimedRule } from './run-rules.ts';
import type { AlertTimeline, EvaluationGrid, ExpressionResult } from './timeline.ts';

/** `problem` is a clause. It says why the engine has no answer, so the caller cannot judge the rule. */
export type AlertOutcome<Rule extends TimedRule = TimedRule> =
  | { readonly rule: Rule; readonly alerts: readonly AlertTimeline[] }
  | { readonly rule: Rule; readonly problem: string };

/**
 * The pending and firing timeline of each rule, in the order of the rules.
 * @param grid its interval is that of the rules' group
 * @throws DrillbookError `PROMTOOL_FAILED`, DeadlineError, or the reason of the signal
 */
export async function evaluateAlerts<Rule extends TimedRule>(
  promtool: Promtool,
  segment: Segment,
  rules: readonly Rule[],
  grid: EvaluationGrid,
  options: EvaluationOptions = {},
): Promise<readonly AlertOutcome<Rule>[]> {
  const times = evaluationsOf(segment, grid);
  const candidates = rules.map((rule, index) => candidateOf(rule, index, segment, grid));
  const round: Round = { promtool, segment, grid, times, options };
  const results = await runRules(
    round,
    candidates.filter(({ problem }) => problem === undefined),
  );
  return candidates.map(({ rule, index, problem }) => {
    if (problem !== undefined) return { rule, problem };
    const result = results.get(index);
    if (!result) throw new Error(`there is no result for rule ${index}`);
    return { rule, ...result };
  });
}

/**
 * What each expression returns at each evaluation, in the order of the expressions.
 * @throws DrillbookError `PROMTOOL_FAILED`, DeadlineError, or the reason of the signal
 */
export async function evaluateExpressions(
  promtool: Promtool,
  segment: Segment,
  exprs: readonly string[],
  grid: EvaluationGrid,
  options: EvaluationOptions = {},
): Promise<readonly (ExpressionResult | { readonly problem: string })[]> {
  const times = evaluationsOf(segment, grid);
  const facts = exprs.map(readExpression);
  const problems = facts.map(
    ({ problem, subquery }) =>
      problem ??
      (times.length === 0
        ? tooShort
        : subquery
          ? 'its subquery returns something else at each phase of the evaluations'
          : undefined),
  );
  const asked = exprs.map((expr, index) => {
    const own = facts[index];
    if (!own || problems[index] !== undefined) return [];
    const evaluations = evaluationsAfterChanges(segment, times, grid, own, isReadBy([own]));
    return evaluations.map((evaluation) => ({ expr, evaluation }));
  });
  const questions = asked.flat();
  if (questions.length === 0) return problems.map((problem) => ({ problem: problem ?? tooShort }));
  const { answers } = await ask({ promtool, segment, grid, times, options }, questions, facts);
  let next = 0;
  return asked.map((own, index) => {
    const problem = problems[index];
    if (problem !== undefined) return { problem };
    const answered = answers.slice(next, (next += own.length));
    const error = firstError(answered);
    return error === undefined ? { steps: stepsOf(times, own, answered) } : { problem: error };
  });
}

/** An evaluation that was not asked about returns what the one before returned. */
function stepsOf(
  times: readonly number[],
  questions: readonly Question[],
  answers: readonly Answer[],
): ExpressionResult['steps'] {
  const answered = new Map(questions.map(({ evaluation }, index) => [evaluation, samplesOf(answers[index])]));
  let samples = answered.get(0) ?? [];
  return times.map((s, evaluation) => {
    samples = answered.get(evaluation) ?? samples;
    return { s, samples };
  });
}

const tooShort = 'the recording ends before the first evaluation';

function candidateOf<Rule extends TimedRule>(
  rule: Rule,
  index: number,
  segment: Segment,
  grid: EvaluationGrid,
): Candidate & { readonly rule: Rule; readonly problem: string | undefined } {
  const facts = readExpression(rule.expr);
  const asksInLabels = Object.values(rule.labels).some((text) => /\{\{[^}]*(?<![\w$.])query\b/.test(text));
  // The engine itself puts the state of the alert into this label.
  const takesState =
    'alertstate' in rule.labels ||
    rule.expr.includes('alertstate') ||
    segment.series.some((series) => 'alertstate' in series.labels && isReadBy([facts])(series));
  const problem =
    facts.problem ??
    (asksInLabels ? 'the template of a label asks a query' : undefined) ??
    (takesState ? 'it uses the label alertstate, which Prometheus overwrites' : undefined) ??
    // Such an expression could become a well-formed one when it is put into parentheses.
    (facts.malformed && earlyEvaluations(grid) > 0 ? 'its expression cannot be read' : undefined) ??
    (evaluationsOf(segment, grid).length === 0 ? tooShort : undefined);
  return { rule, index, facts, problem };
}
