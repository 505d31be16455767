import { z } from 'zod';

import { queueStates } from '../history/events.ts';
import type { Moment } from '../record/timeline.ts';
import { defineClaim } from './claim.ts';
import { isKnown, knowsQueues, sumStates, total } from './queue-figures.ts';
import { describeQueues, queueSelector } from './queue-selector.ts';

/** Fewer samples than this show no trend. */
const trendSamples = 6;

const states = z.array(z.enum(queueStates));

const recorded = z.object({ queues: z.array(z.string()), states });

/** The jobs of these queues in these states become more: a trend, not a flutter. */
export const growing = defineClaim({
  name: 'growing',
  spec: z.strictObject({ claim: z.literal('growing'), queues: queueSelector, states: states.min(1).readonly() }),
  recorded,
  momentary: false,
  bind: (spec, names) => ({ queues: [...names.queues(spec.queues)], states: [...spec.states] }),
  text: ({ queues }) => `the backlog of ${describeQueues(queues)} grows`,
  holds(claim, moments) {
    const now = moments.at(-1);
    return now && knowsQueues(now, claim.queues) ? isGrowing(trendOf(claim, moments)) : undefined;
  },
  everHolds: (claim, moments) => everGrowing(trendOf(claim, moments)),
});

function trendOf(claim: z.infer<typeof recorded>, moments: readonly Moment[]): readonly number[] {
  return moments.filter(isKnown).map((moment) => total(moment, claim.queues, (row) => sumStates(row, claim.states)));
}

/** The lowest value of the last third lies above the highest value of the first third. */
function isGrowing(values: readonly number[]): boolean | undefined {
  if (values.length < trendSamples) return undefined;
  const third = Math.floor(values.length / 3);
  // `Math.min(...values)` would overflow the stack of a long recording.
  const lowest = values.slice(-third).reduce((least, value) => Math.min(least, value), Infinity);
  const highest = values.slice(0, third).reduce((most, value) => Math.max(most, value), -Infinity);
  return lowest > highest;
}

/**
 * Whether `isGrowing` is true for the values up to any of them, in one pass.
 *
 * - `highest` is the highest value of the first third. It only rises as the third grows.
 * - `lowest` is a queue of candidates for the lowest value of the last third, whose start only moves forward.
 */
function everGrowing(values: readonly number[]): boolean | undefined {
  let [highest, counted] = [-Infinity, 0];
  const lowest: number[] = [];
  let first = 0;
  for (const [last, value] of values.entries()) {
    const third = Math.floor((last + 1) / 3);
    while (lowest.length > first && (values[lowest.at(-1) ?? 0] ?? 0) >= value) lowest.pop();
    lowest.push(last);
    if (third > 0) while ((lowest[first] ?? last) <= last - third) first += 1;
    for (; counted < third; counted += 1) highest = Math.max(highest, values[counted] ?? 0);
    if (last + 1 >= trendSamples && (values[lowest[first] ?? last] ?? 0) > highest) return true;
  }
  return values.length < trendSamples ? undefined : false;
}
