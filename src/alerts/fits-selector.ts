import type { LabelMatcher, Selector } from './read-selectors.ts';
import type { RecordedSeries } from './recording.ts';

/** Patterns that Prometheus (RE2) and JavaScript understand alike. */
const plainPattern = /^[\w.:|*+ -]*$/;

/** Whether a selector may choose the series. In doubt it may. */
export function mayFit(
  { metric, matchers }: Pick<Selector, 'metric' | 'matchers'>,
  series: Pick<RecordedSeries, 'name' | 'labels'>,
): boolean {
  if (metric !== undefined && metric !== series.name) return false;
  return matchers.every((matcher) => matcher.label === '__name__' || fits(matcher, series.labels[matcher.label] ?? ''));
}

function fits({ operator, value }: LabelMatcher, label: string): boolean {
  if (operator === '=') return label === value;
  if (operator === '!=') return label !== value;
  if (!plainPattern.test(value)) return true;
  const isMatch = new RegExp(`^(?:${value})$`).test(label);
  return operator === '=~' ? isMatch : !isMatch;
}
