/** What the configuration says about the fleet: its queues, services, ports and load. */
import { z } from 'zod';

/** One queue of the fleet. */
export const queue = z.strictObject({
  name: z
    .string()
    .min(1)
    .refine((name) => !name.includes(':'), 'BullMQ refuses a colon in a queue name'),
  /** The service whose workers serve the queue: one of `services.workers`. */
  service: z.string().min(1),
  /**
   * Share of the load, relative to the other queues.
   * @default 1
   */
  weight: z.number().nonnegative().default(1),
  /** At most this many jobs per sandbox second, whatever the weight. For queues with a rate limit. */
  maxPerSecond: z.number().positive().optional(),
  /**
   * BullMQ job options for every job of this queue (attempts, backoff, priority, retention).
   * @default {}
   */
  jobOptions: z.record(z.string(), z.unknown()).default({}),
});

/** The services that Drillbook itself talks to, by their names in the compose file. */
export const serviceNames = z.strictObject({
  redis: z.string(),
  /** Procedures share its network. */
  api: z.string(),
  /** The effects sink. */
  effects: z.string(),
  /** Needed by faults of a proxy. */
  toxiproxy: z.string().optional(),
  workers: z.array(z.string()).min(1),
});

/** Container ports. The compose file need not publish them. */
export const ports = z.strictObject({
  /** @default 6379 */
  redis: z.int().default(6379),
  /** @default 64000 */
  api: z.int().default(64000),
  /**
   * The effects sink's control port.
   * @default 9100
   */
  control: z.int().default(9100),
  /** @default 8474 */
  toxiproxy: z.int().default(8474),
});

/** The load on the fleet. */
export const load = z.strictObject({
  /** Jobs per sandbox second over the whole fleet. */
  jobsPerSecond: z.number().positive(),
  /** Makes a payload. `random` is seeded. */
  data: z.custom<(queue: string, id: string, random: () => number) => unknown>(
    (value) => typeof value === 'function',
    'expected a function',
  ),
});
