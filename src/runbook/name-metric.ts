import type { ThresholdMetric } from '../history/events.ts';
import { foldText } from './canonical-label.ts';

const metrics: readonly (readonly [ThresholdMetric, RegExp])[] = [
  ['rate', /^(?:rate|throughput|rata|ritm(?:ul)?|viteza)$/],
  ['waiting', /^(?:waiting|wait|asteptare|backlog)$/],
  ['active', /^(?:active?|activ)$/],
  ['failed', /^(?:failed|failures?|esuate?|esecuri)$/],
  ['delayed', /^(?:delayed|intarziate?|amanate?)$/],
];

/** Words beside a metric that do not change which figure it is. */
const fillers = new Set(
  [
    'job jobs task tasks queue queues number count total overall global current all whole entire fleet bullmq state',
    'processing process processed completion completed depth length size in of the a at on and by',
    'joburi joburile job-uri sarcini coada cozi cozile toate toata numar numarul starea de procesare procesate la din',
  ].flatMap((line) => line.split(/[ -]/)),
);
const unitOfTime = '(?:s|secs?|seconds?|secunda|mins?|minutes?|minut|h|hours?|ora|days?|zi)';
const perTime = new RegExp(`\\b(?:(?:per|pe|an|each|every) )?${unitOfTime}\\b`, 'g');

/**
 * The metric of the whole fleet that a row of the thresholds table names. Undefined for any other figure, such as
 * active *workers*, a failure *rate*, the *oldest* waiting job, or what waits *per queue*: a word that is not known
 * makes the row another figure.
 */
export function nameMetric(cell: string): ThresholdMetric | undefined {
  const words = foldText(cell).replace(perTime, ' ').split(' ');
  const named = new Set<ThresholdMetric>();
  for (const word of words) {
    const metric = metrics.find(([, pattern]) => pattern.test(word))?.[0];
    if (metric !== undefined) named.add(metric);
    else if (word !== '' && !fillers.has(word)) return undefined;
  }
  const [metric, ...others] = named;
  return others.length === 0 ? metric : undefined;
}
