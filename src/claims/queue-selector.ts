import { z } from 'zod';

/** Which queues: all queues of the fleet, the queues of one service, or named queues. */
export const queueSelector = z.union(
  [
    z.literal('all'),
    z.strictObject({ service: z.string().min(1) }),
    z.strictObject({ names: z.array(z.string().min(1)) }),
  ],
  'expected "all", { service: "..." } or { names: ["..."] }',
);
export type QueueSelector = z.infer<typeof queueSelector>;

/** The queues as a person would name them: `the queues of worker-mail`. */
export function describeQueues(selector: QueueSelector): string {
  if (selector === 'all') return 'every queue';
  return 'service' in selector ? `the queues of ${selector.service}` : selector.names.join(', ');
}
