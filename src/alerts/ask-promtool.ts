/** One start of promtool: questions about a segment, and rules if they need any. */
import { defined } from '../kernel/defined.ts';
import { reasonOf } from '../kernel/reason-of.ts';
import type { EngineFacts } from './engine-limits.ts';
import { PromtoolReader, type Answer, type PromtoolOutput, type Sample } from './parse-promtool.ts';
import type { RecordedSeries, Segment } from './recording.ts';
import { renderRuleTest, type Question } from './render-rule-test.ts';
import { failure, runPromtool, type Promtool } from './run-promtool.ts';
import type { EvaluationGrid } from './timeline.ts';

export interface EvaluationOptions {
  readonly signal?: AbortSignal | undefined;
  /** Real ms for each start of promtool. */
  readonly withinMs?: number;
}

/** What all starts of promtool for one evaluation have in common. */
export interface Round {
  readonly promtool: Promtool;
  readonly segment: Segment;
  readonly grid: EvaluationGrid;
  /** Sandbox ms of the evaluations. */
  readonly times: readonly number[];
  readonly options: EvaluationOptions;
}

/** @throws DrillbookError `PROMTOOL_FAILED`, DeadlineError, or the reason of the signal */
export async function ask(
  { promtool, segment, grid, options }: Round,
  questions: readonly Question[],
  facts: readonly EngineFacts[],
  rules?: string,
): Promise<PromtoolOutput> {
  const files = {
    'test.yml': renderRuleTest(
      segment,
      grid,
      questions,
      isReadBy(facts),
      rules === undefined ? undefined : 'rules.yml',
    ),
    ...defined({ 'rules.yml': rules }),
  };
  const reader = new PromtoolReader();
  await runPromtool(promtool, files, (line) => reader.push(line), options);
  try {
    return reader.end(questions.length);
  } catch (error) {
    throw failure(promtool, `has no complete answer: ${reasonOf(error)}`, error);
  }
}

export function samplesOf(answer: Answer | undefined): readonly Sample[] {
  if (!answer || 'error' in answer) throw new Error('an answer is missing');
  return answer.samples;
}

export function firstError(answers: readonly Answer[]): string | undefined {
  for (const answer of answers) if ('error' in answer) return answer.error;
  return undefined;
}

export function isReadBy(facts: readonly EngineFacts[]): (series: RecordedSeries) => boolean {
  // The engine writes the series ALERTS itself.
  return (series) =>
    series.name !== 'ALERTS' && series.name !== 'ALERTS_FOR_STATE' && facts.some(({ mayRead }) => mayRead(series));
}
