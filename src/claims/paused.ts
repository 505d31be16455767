import { z } from 'zod';

import { column } from '../record/timeline.ts';
import { defineClaim } from './claim.ts';
import { knowsQueues, rowsOf } from './queue-figures.ts';
import { describeQueues, queueSelector } from './queue-selector.ts';

/** Each of these queues is paused; with `value: false`, none of them is. */
export const paused = defineClaim({
  name: 'paused',
  spec: z.strictObject({ claim: z.literal('paused'), queues: queueSelector, value: z.boolean() }),
  recorded: z.object({ queues: z.array(z.string()), value: z.boolean() }),
  momentary: true,
  bind: ({ queues, value }, names) => ({ queues: [...names.queues(queues)], value }),
  text: ({ queues, value }) => `${describeQueues(queues)} ${value ? 'is' : 'is not'} paused`,
  holds({ queues, value }, moments) {
    const now = moments.at(-1);
    if (!now || !knowsQueues(now, queues)) return undefined;
    return rowsOf(now, queues).every((row) => (row[column.flag] === 1) === value);
  },
});
