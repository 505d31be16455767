import { z } from 'zod';

import { queueSelector } from '../claims/queue-selector.ts';
import { size } from '../kernel/size.ts';
import { duration } from '../config/duration-schema.ts';
import { jobs } from './job-specs.ts';

const service = z.string().min(1);
/** A proxy of the fleet's Toxiproxy, by its name there. */
const proxy = z.string().min(1);

/** What a scenario breaks. `docs/scenarios.md` lists how each fault works and how its effect is proved. */
export const fault = z.discriminatedUnion(
  'kind',
  [
    /** SIGKILL through the engine. The restart policy does not bring the container back. */
    z.strictObject({ kind: z.literal('container-killed'), service }),
    /** The container's processes stand still and keep what they hold, as on an overloaded host. */
    z.strictObject({ kind: z.literal('container-frozen'), service }),
    /** A file in the container's own layer makes the process exit at start. Only recreation clears it. */
    z.strictObject({ kind: z.literal('crash-loop'), service, path: z.string().startsWith('/'), content: z.string() }),
    /** `queue.pause()` on each of the queues. */
    z.strictObject({ kind: z.literal('queues-paused'), queues: queueSelector }),
    /** The proxy stops listening and closes open connections: ECONNREFUSED. */
    z.strictObject({ kind: z.literal('proxy-down'), proxy }),
    /** Every answer comes late by `latency`. */
    z.strictObject({ kind: z.literal('proxy-slow'), proxy, latency: duration }),
    /** Connections stay open and no data passes in either direction. */
    z.strictObject({ kind: z.literal('proxy-silent'), proxy }),
    /** Each direction of a connection carries at most `rate` KB (1000 bytes) a second. */
    z.strictObject({ kind: z.literal('proxy-bandwidth'), proxy, rate: z.int().positive() }),
    /** Each new connection is reset (TCP RST) `timeout` after its client first sends something. */
    z.strictObject({ kind: z.literal('proxy-reset'), proxy, timeout: duration }),
    /** Each connection is closed once it has carried `bytes` of answers. */
    z.strictObject({ kind: z.literal('proxy-limit'), proxy, bytes: z.int().positive() }),
    /** Each API answers 429 with Retry-After until it had no call for `quiet`. A call in between restarts the wait. */
    z.strictObject({
      kind: z.literal('rate-limit-storm'),
      apis: z.array(z.string().min(1)).min(1),
      quiet: duration,
    }),
    /** More jobs than the fleet can take at once. */
    z.strictObject({ kind: z.literal('backlog'), jobs }),
    /** Jobs that are not due yet. */
    z.strictObject({ kind: z.literal('delayed-jobs'), jobs, delay: duration }),
    /** Jobs that the workers reject because of their payload. `reason` matches BullMQ's failed reason. */
    z.strictObject({ kind: z.literal('poison-jobs'), jobs, reason: z.instanceof(RegExp) }),
    /** Jobs whose processor never returns while their lock is renewed. They look as if active for `age`. */
    z.strictObject({ kind: z.literal('stuck-jobs'), jobs, age: duration }),
    /** The container gets so little memory that the kernel kills it when these jobs run. */
    z.strictObject({ kind: z.literal('memory-exhausted'), service, limit: size, jobs }),
    /** Redis is killed and started again. Its disk lacks everything that it acknowledged in the time `by` before. */
    z.strictObject({ kind: z.literal('redis-aof-stale'), by: duration }),
    /** Redis may use no more memory than it already does, so it refuses every write. */
    z.strictObject({ kind: z.literal('redis-memory-full') }),
  ],
  'expected "container-killed" or another kind of fault that docs/scenarios.md lists',
);
export type FaultSpec = z.infer<typeof fault>;
