import { z } from 'zod';

import { backlogOf, column, type Moment } from '../record/timeline.ts';
import { defineClaim } from './claim.ts';
import { completed, isKnown, knowsQueues, total } from './queue-figures.ts';
import { describeQueues, queueSelector } from './queue-selector.ts';

/** How far back "no progress" looks, sandbox ms: a healthy queue completes something in this time. */
const standstillMs = 10_000;

/** These queues completed jobs; with `value: false`, they have work and completed none of it for a while. */
export const progress = defineClaim({
  name: 'progress',
  spec: z.strictObject({ claim: z.literal('progress'), queues: queueSelector, value: z.boolean() }),
  recorded: z.object({ queues: z.array(z.string()), value: z.boolean() }),
  momentary: false,
  bind: ({ queues, value }, names) => ({ queues: [...names.queues(queues)], value }),
  text: ({ queues, value }) => `${describeQueues(queues)} ${value ? 'completes' : 'completes no'} jobs`,
  holds({ queues, value }, moments) {
    const now = moments.at(-1);
    if (!now || !knowsQueues(now, queues)) return undefined;
    return value ? hasProgressed(moments, queues) : standsStill(now, moments, queues);
  },
});

function hasProgressed(moments: readonly Moment[], queues: readonly string[]): boolean | undefined {
  const [first, last] = [moments.find(isKnown), moments.findLast(isKnown)];
  return first && last && completed(last, queues) > completed(first, queues);
}

function standsStill(now: Moment, moments: readonly Moment[], queues: readonly string[]): boolean | undefined {
  const before = moments.findLast((moment) => isKnown(moment) && moment.s <= now.s - standstillMs);
  if (!before) return undefined;
  const work = total(now, queues, (row) => backlogOf(row) + row[column.active]);
  return work > 0 && completed(now, queues) === completed(before, queues);
}
