import { z } from 'zod';

import type { Moment } from '../record/timeline.ts';
import { defineClaim } from './claim.ts';

/** Every container of the service runs, and was started since the step began. */
export const restarted = defineClaim({
  name: 'restarted',
  spec: z.strictObject({ claim: z.literal('restarted'), service: z.string().min(1) }),
  recorded: z.object({ service: z.string() }),
  momentary: false,
  bind: ({ service }, names) => ({ service: names.service(service) }),
  text: ({ service }) => `${service} is restarted`,
  holds({ service }, moments) {
    const [first, last] = [containersOf(service, moments[0]), containersOf(service, moments.at(-1))];
    if (first.length === 0 || last.length === 0) return undefined;
    const earlierStarts = new Set(first.map(({ startedAt }) => startedAt));
    return last.every(({ state, startedAt }) => state === 'running' && !earlierStarts.has(startedAt));
  },
  /** Also what was last known before the step: the starts are compared with it. */
  momentsOfStep(moments, { startedT }) {
    const before = moments.findLastIndex(({ t }) => t <= startedT);
    return moments.slice(Math.max(0, before));
  },
});

function containersOf(service: string, moment: Moment | undefined): Moment['containers'] {
  return moment?.containers.filter((container) => container.service === service) ?? [];
}
