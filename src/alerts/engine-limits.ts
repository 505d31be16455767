/** What an expression reads, and what promtool cannot decide about it. promtool itself reports what is malformed. */
import { mayFit } from './fits-selector.ts';
import { inspectExpr, type ExpressionFacts } from './inspect-expr.ts';
import type { Selector } from './read-selectors.ts';
import type { RecordedSeries } from './recording.ts';

export interface EngineFacts {
  /** Whether it may read the series. */
  readonly mayRead: (series: Pick<RecordedSeries, 'name' | 'labels'>) => boolean;
  /** Its value is a number without labels, such as `time()`. */
  readonly scalar: boolean;
  /** Why a recording cannot decide it, as a clause. */
  readonly problem: string | undefined;
  /** The parser found an error, so promtool will find one too. */
  readonly malformed: boolean;
  /** It reads a range such as `[5m]`, or another time by `offset`. */
  readonly ranges: boolean;
  /** It has a subquery, such as `[5m:1m]`, whose steps depend on the interval and phase of the evaluations. */
  readonly subquery: boolean;
}

export function readExpression(expr: string): EngineFacts {
  const facts = inspectExpr(expr);
  return {
    mayRead: (series) => facts.selectors.some((selector) => mayFit(selector, series)),
    scalar: facts.scalar,
    problem: problemOf(facts),
    malformed: facts.syntaxProblems.length > 0,
    ranges: facts.lookbackMs !== 0,
    subquery: facts.subquery,
  };
}

function problemOf({ selectors, timeDependent, readsFuture }: ExpressionFacts): string | undefined {
  if (selectors.some(readsAlerts)) return 'it may read the alerts of other rules';
  const [first] = timeDependent;
  if (first) return `it needs the time of day for ${first.what}, which a recording does not have`;
  return readsFuture ? 'its offset reads the future' : undefined;
}

const alertMetrics = ['ALERTS', 'ALERTS_FOR_STATE'];

/** A selector without a name reads them too, unless each name of a simple pattern begins differently. */
function readsAlerts({ metric, matchers }: Selector): boolean {
  if (metric !== undefined) return alertMetrics.includes(metric);
  const pattern = matchers.find(({ label, operator }) => label === '__name__' && operator === '=~')?.value;
  if (pattern === undefined || !/^[\w:.*+|]+$/.test(pattern)) return true;
  return pattern.split('|').some((alternative) => {
    const beginning = /^(?:[\w:](?!\*))*/.exec(alternative)?.[0] ?? '';
    return alertMetrics.some((name) => name.startsWith(beginning));
  });
}
