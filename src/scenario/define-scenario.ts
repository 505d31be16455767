import { z } from 'zod';

import { claimSpec, momentaryClaimSpec } from '../claims/claims.ts';
import { queueSelector } from '../claims/queue-selector.ts';
import { queueStates } from '../history/events.ts';
import { contractKeys, jobLimits, type ContractKey } from '../history/job-limits.ts';
import { parseDuration, type Duration } from '../kernel/duration.ts';
import { size } from '../kernel/size.ts';

const duration = z
  .custom<Duration>(
    (value) => typeof value === 'string' && parseDuration(value) !== undefined,
    'expected a duration such as "30s" or "5m"',
  )
  .transform((text) => parseDuration(text) ?? 0);

const service = z.string().min(1);
/** A proxy of the fleet's Toxiproxy, by its name there. */
const proxy = z.string().min(1);

const queueStateList = z.array(z.enum(queueStates)).min(1).readonly();

/** Jobs that come on top of the load, accounted for like every other. */
const jobs = z.strictObject({
  queues: queueSelector,
  /** How many, spread evenly over the queues. */
  count: z.int().positive(),
  /** Laid over the payload that the configuration makes. */
  data: z.record(z.string(), z.unknown()).default({}),
  /** Laid over the queue's own job options. */
  options: z.record(z.string(), z.unknown()).default({}),
  /** They were added this long before. */
  waited: duration.optional(),
});
export type JobsSpec = z.infer<typeof jobs>;

const burst = jobs.extend({
  /** They failed this long ago: once they have failed, the time at which they did is set back. Those before them in the list were added before. */
  failedAgo: duration.optional(),
  /** They are the fault's own, as `jobs.removedOf` means it. */
  ofFault: z.boolean().default(false),
});

const fault = z.discriminatedUnion(
  'kind',
  [
    /** SIGKILL through the engine; the restart policy does not bring the container back. */
    z.strictObject({ kind: z.literal('container-killed'), service }),
    /** The container's processes stand still, as on a host that is out of breath; they keep what they hold. */
    z.strictObject({ kind: z.literal('container-frozen'), service }),
    /** A file in the container's own layer makes the process exit at start: a restart keeps it, a recreation clears it. */
    z.strictObject({ kind: z.literal('crash-loop'), service, path: z.string().startsWith('/'), content: z.string() }),
    /** `queue.pause()` on each of the queues. */
    z.strictObject({ kind: z.literal('queues-paused'), queues: queueSelector }),
    /** Nothing listens any more, and open connections are closed: ECONNREFUSED. */
    z.strictObject({ kind: z.literal('proxy-down'), proxy }),
    /** Every answer is late. */
    z.strictObject({ kind: z.literal('proxy-slow'), proxy, latency: duration }),
    /** Connections stay open and nothing comes through, in either direction. */
    z.strictObject({ kind: z.literal('proxy-silent'), proxy }),
    /** Each API refuses every call with 429 and Retry-After until it was left alone for `quiet`; a call begins the wait anew. */
    z.strictObject({
      kind: z.literal('rate-limit-storm'),
      apis: z.array(z.string().min(1)).min(1),
      quiet: duration,
    }),
    /** More jobs than the fleet can take at once. */
    z.strictObject({ kind: z.literal('backlog'), jobs }),
    /** Jobs that are not due yet. */
    z.strictObject({ kind: z.literal('delayed-jobs'), jobs, delay: duration }),
    /** Jobs that the workers refuse, for their payload is wrong. */
    z.strictObject({ kind: z.literal('poison-jobs'), jobs, reason: z.instanceof(RegExp) }),
    /** Jobs whose processor never returns while their lock is renewed. `age`: they look as if they had been at it for so long. */
    z.strictObject({ kind: z.literal('stuck-jobs'), jobs, age: duration }),
    /** The container may use so little memory that the kernel kills it over these jobs. */
    z.strictObject({ kind: z.literal('memory-exhausted'), service, limit: size, jobs }),
    /** Redis is killed and started again, and nothing of what it acknowledged in the time before is on its disk. */
    z.strictObject({ kind: z.literal('redis-aof-stale'), by: duration }),
    /** Redis refuses every write: it may not use more memory than it already does. */
    z.strictObject({ kind: z.literal('redis-memory-full') }),
  ],
  'expected "container-killed" or another kind of fault that docs/scenarios.md lists',
);
export type FaultSpec = z.infer<typeof fault>;

const shown = z
  .strictObject({
    pattern: z.instanceof(RegExp, { error: 'expected a regular expression such as /PONG/' }),
    means: z.string().min(1),
    /** What the pattern's first group captures is how many jobs of these queues were in these states, together, while the step ran. */
    counts: z.strictObject({ queues: queueSelector, states: queueStateList }).optional(),
  })
  .refine(({ pattern, counts }) => !counts || hasGroup(pattern), {
    path: ['pattern'],
    error: 'expected a group that captures the number of jobs, such as /backlog=(\\d+)/',
  });

function hasGroup({ source, flags }: RegExp): boolean {
  const groups = new RegExp(`${source}|`, flags).exec('');
  return groups !== null && groups.length > 1;
}

const answer = z.strictObject({
  prompt: z.instanceof(RegExp, { error: 'expected a regular expression such as /PONG/' }),
  reply: z.string(),
});

const step = z.strictObject({
  /** The procedure's address in the runbook, e.g. `3.2 > Solution > bash[1]`. */
  run: z.string().min(1),
  /** What its output must show, each with what it tells the reader. */
  shows: z.array(shown).default([]),
  /** Values for `$1`, `$2` ... */
  args: z.array(z.string()).default([]),
  /** What is to be seen from outside after it, before the next step begins. */
  achieves: z.array(claimSpec).default([]),
  /** What must hold at every moment from its start until the next step begins; after the last, until the load stops. */
  throughout: z.array(momentaryClaimSpec).default([]),
  /** Values for `<placeholders>`, by name; one that is not filled is a finding. */
  fill: z.record(z.string(), z.string()).default({}),
  /** The exit code with which it is meant to end, where it is not 0 and the runbook's own annotation does not tell. */
  exits: z.int().min(0).max(255).optional(),
  /** Replies to prompts; a prompt that none matches is a finding. */
  answers: z.array(answer).default([]),
  /** What it is meant to be refused by the sandbox's wall, by what it tries to do; each must be, and nothing else may. */
  refused: z.array(z.instanceof(RegExp, { error: 'expected a regular expression such as /pull/' })).default([]),
  /** Cut after this long, sandbox time. */
  timeout: duration.default(300_000),
});

type LimitSchema<N extends ContractKey> = (typeof jobLimits)[N]['default'] extends number
  ? z.ZodDefault<z.ZodInt>
  : z.ZodOptional<z.ZodInt>;
/** How many jobs each limit allows; `history/job-limits.ts` has their meaning and defaults. */
const limits = Object.fromEntries(
  contractKeys.map((name) => {
    const [schema, allowed] = [z.int().nonnegative(), jobLimits[name].default];
    return [name, allowed === 'any number' ? schema.optional() : schema.default(allowed)];
  }),
) as { readonly [N in ContractKey]: LimitSchema<N> };

const scenarioSchema = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9-]*$/, 'expected a kebab-case id such as "queue-paused"'),
  title: z.string().min(1),
  fault: fault.optional(),
  /** What the runbook says a person sees; each must be seen while the fault is in place. */
  symptoms: z.array(claimSpec).default([]),
  diagnosis: z.array(step).default([]),
  recovery: z.array(step).default([]),
  /** Blocks that are for a healthy fleet too: it must be as healthy after them as before. */
  maintenance: z.array(step).default([]),
  /** Services whose containers are made anew beforehand, so that their logs begin with the scenario. */
  fresh: z.array(service).default([]),
  /** It takes a core or more: of several sandboxes only one runs such a scenario at a time. */
  demanding: z.boolean().default(false),
  /** Jobs that are added on top of the load, right after the fault bit, or before the maintenance. */
  burst: z.array(burst).default([]),
  /** Somebody else puts right what broke, once it lasted this long and before recovery begins: what it left behind is the procedure's. */
  mendedAfter: duration.optional(),
  /** The fleet must come back by itself, without a procedure. */
  selfHealing: z.boolean().default(false),
  /** What must be healthy again besides the fleet as a whole, and by when. */
  health: z
    .strictObject({
      queues: queueSelector.default({ names: [] }),
      services: z.array(z.string()).default([]),
      /** At most so many jobs of these queues may stand among the failed. */
      failed: z.int().nonnegative().optional(),
      /** The same for the delayed: jobs that fail and are tried again stand there in between. */
      delayed: z.int().nonnegative().optional(),
      sustain: duration.default(30_000),
      within: duration.default(300_000),
      wedgeGrace: duration.default(30_000),
    })
    .prefault({}),
  /** What may become of the jobs. */
  jobs: z
    .strictObject({
      ...limits,
      /** No scenario may allow a loss, except with `unsynced`. */
      lost: z.literal(0).default(0),
      /** Only these queues may be removed from. */
      removedFrom: queueSelector.default('all'),
      /** Only the jobs that the fault itself brought may be removed. */
      removedOf: z.literal('fault').optional(),
      /** Jobs that Redis acknowledged while the fault was being injected may be lost, for they were not on its disk yet. */
      unsynced: z.boolean().default(false),
      /** Queues whose jobs, where a burst gives them a priority, must be done in that order. */
      inOrder: queueSelector.optional(),
      /** A number: how many may be done more than once. */
      duplicates: z
        .union(
          [z.enum(['at-least-once', 'effectively-once']), z.int().nonnegative()],
          'expected "at-least-once", "effectively-once", or how many jobs may be done more than once',
        )
        .default('at-least-once'),
    })
    .prefault({}),
  /** The same fault without the recovery must stay broken; `instead` is a lesser remedy that must not help. */
  control: z.strictObject({ enabled: z.boolean().default(true), instead: z.array(step).default([]) }).prefault({}),
});

export type ScenarioInput = z.input<typeof scenarioSchema>;
export type ScenarioSpec = z.output<typeof scenarioSchema>;
export type StepSpec = z.output<typeof step>;

/** Declares a scenario; the types tell what may stand where. Validated when it is loaded. */
export function defineScenario(input: ScenarioInput): ScenarioInput {
  return input;
}

export function parseScenario(input: unknown): z.ZodSafeParseResult<ScenarioSpec> {
  return scenarioSchema
    .superRefine((spec, context) => {
      for (const { path, message } of findContradictions(spec)) context.addIssue({ code: 'custom', path, message });
    })
    .safeParse(input);
}

interface Contradiction {
  readonly path: PropertyKey[];
  readonly message: string;
}

function* findContradictions(spec: ScenarioSpec): Generator<Contradiction> {
  if (spec.fault && spec.recovery.length === 0 && !spec.selfHealing)
    yield {
      path: ['recovery'],
      message: 'a scenario with a fault needs the procedure that recovers from it, or `selfHealing: true`',
    };
  if (spec.selfHealing && spec.recovery.length > 0)
    yield { path: ['selfHealing'], message: 'what heals by itself needs no recovery procedure' };
  if (!spec.fault && spec.recovery.length > 0)
    yield {
      path: ['fault'],
      message: 'a recovery without a fault proves nothing; blocks for a healthy fleet go to `maintenance`',
    };
  if (spec.fault && spec.maintenance.length > 0)
    yield { path: ['maintenance'], message: 'maintenance is done on a healthy fleet; here there is a fault' };
  if (!spec.fault && spec.mendedAfter !== undefined)
    yield { path: ['mendedAfter'], message: 'there is no fault to be mended' };
  if (spec.diagnosis.length + spec.recovery.length + spec.maintenance.length === 0 && !spec.selfHealing)
    yield { path: ['diagnosis'], message: 'a scenario must run at least one procedure of the runbook' };
}
