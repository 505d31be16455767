import { z } from 'zod';

import { queueStates } from '../history/events.ts';
import { column } from '../record/timeline.ts';
import { defineClaim } from './claim.ts';
import { knowsQueues, total } from './queue-figures.ts';
import { describeQueues, queueSelector } from './queue-selector.ts';

/** `failures`: how often jobs failed for good since the arm began, whatever became of them later. */
const state = z.enum([...queueStates, 'failures']);
const op = z.enum(['<', '<=', '=', '>=', '>']);

/** The number of jobs of these queues in one state, added up, compares so with `value`. */
export const count = defineClaim({
  name: 'count',
  spec: z.strictObject({
    claim: z.literal('count'),
    queues: queueSelector,
    state,
    op,
    value: z.number().nonnegative(),
  }),
  recorded: z.object({ queues: z.array(z.string()), state, op, value: z.number() }),
  momentary: true,
  bind: (spec, names) => ({
    queues: [...names.queues(spec.queues)],
    state: spec.state,
    op: spec.op,
    value: spec.value,
  }),
  text: (spec) => `${spec.state} ${spec.op} ${spec.value} in ${describeQueues(spec.queues)}`,
  holds(claim, moments) {
    const now = moments.at(-1);
    if (!now || !knowsQueues(now, claim.queues)) return undefined;
    const jobs = total(now, claim.queues, (row) => row[column[claim.state]]);
    return compare(jobs, claim.op, claim.value);
  },
});

function compare(left: number, sign: z.infer<typeof op>, right: number): boolean {
  return { '<': left < right, '<=': left <= right, '=': left === right, '>=': left >= right, '>': left > right }[sign];
}
