import { z } from 'zod';

import { queueStates } from '../history/events.ts';
import { parseDuration, type Duration } from './duration.ts';

const duration = z
  .custom<Duration>(
    (value) => typeof value === 'string' && parseDuration(value) !== undefined,
    'expected a duration such as "30s" or "5m"',
  )
  .transform((text) => parseDuration(text) ?? 0);

/** Which queues: all of the fleet, those one service works on, or named ones. */
const queueSelector = z.union(
  [
    z.literal('all'),
    z.strictObject({ service: z.string().min(1) }),
    z.strictObject({ names: z.array(z.string().min(1)) }),
  ],
  'expected "all", { service: "..." } or { names: ["..."] }',
);
export type QueueSelector = z.infer<typeof queueSelector>;

const fault = z.discriminatedUnion(
  'kind',
  [
    /** SIGKILL through the engine; the restart policy does not bring the container back. */
    z.strictObject({ kind: z.literal('container-killed'), service: z.string().min(1) }),
    /** A file in the container's own layer makes the process exit at start: a restart keeps it, a recreation clears it. */
    z.strictObject({
      kind: z.literal('crash-loop'),
      service: z.string().min(1),
      path: z.string().startsWith('/'),
      content: z.string(),
    }),
    /** `queue.pause()` on each of the queues. */
    z.strictObject({ kind: z.literal('queues-paused'), queues: queueSelector }),
  ],
  'expected "container-killed", "crash-loop" or "queues-paused"',
);
export type FaultSpec = z.infer<typeof fault>;

const symptom = z.discriminatedUnion(
  'claim',
  [
    z.strictObject({
      claim: z.literal('container-state'),
      service: z.string().min(1),
      anyOf: z.array(z.string()).min(1),
    }),
    z.strictObject({
      claim: z.literal('count'),
      queues: queueSelector,
      state: z.enum(queueStates),
      op: z.enum(['<', '<=', '=', '>=', '>']),
      value: z.number().nonnegative(),
    }),
    z.strictObject({ claim: z.literal('growing'), queues: queueSelector, states: z.array(z.enum(queueStates)).min(1) }),
    z.strictObject({ claim: z.literal('paused'), queues: queueSelector, value: z.boolean() }),
    z.strictObject({ claim: z.literal('progress'), queues: queueSelector, value: z.boolean() }),
  ],
  'expected "container-state", "count", "growing", "paused" or "progress"',
);
export type SymptomSpec = z.infer<typeof symptom>;

const shown = z.strictObject({
  pattern: z.instanceof(RegExp, { error: 'expected a regular expression such as /PONG/' }),
  means: z.string().min(1),
});
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
  /** Replies to prompts; a prompt that none matches is a finding. */
  answers: z.array(answer).default([]),
  /** What it is meant to be refused by the sandbox's wall, by what it tries to do; each must be, and nothing else may. */
  refused: z.array(z.instanceof(RegExp, { error: 'expected a regular expression such as /pull/' })).default([]),
  /** Cut after this long, sandbox time. */
  timeout: duration.default(300_000),
});

const scenarioSchema = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9-]*$/, 'expected a kebab-case id such as "queue-paused"'),
  title: z.string().min(1),
  fault: fault.optional(),
  /** What the runbook says a person sees; each must be seen while the fault is in place. */
  symptoms: z.array(symptom).default([]),
  diagnosis: z.array(step).default([]),
  recovery: z.array(step).default([]),
  /** What must be healthy again besides the fleet as a whole, and by when. */
  health: z
    .strictObject({
      queues: queueSelector.default({ names: [] }),
      services: z.array(z.string()).default([]),
      sustain: duration.default(30_000),
      within: duration.default(300_000),
      wedgeGrace: duration.default(30_000),
    })
    .prefault({}),
  /** What may become of the jobs. */
  jobs: z
    .strictObject({
      lost: z.literal(0).default(0),
      removed: z.int().nonnegative().default(0),
      failed: z.int().nonnegative().default(0),
      duplicates: z.enum(['at-least-once', 'effectively-once']).default('at-least-once'),
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
      if (spec.fault && spec.recovery.length === 0) {
        context.addIssue({
          code: 'custom',
          path: ['recovery'],
          message: 'a scenario with a fault needs the procedure that recovers from it',
        });
      }
      if (!spec.fault && spec.recovery.length > 0) {
        context.addIssue({ code: 'custom', path: ['fault'], message: 'a recovery without a fault proves nothing' });
      }
      if (spec.diagnosis.length + spec.recovery.length === 0) {
        context.addIssue({
          code: 'custom',
          path: ['diagnosis'],
          message: 'a scenario must run at least one procedure of the runbook',
        });
      }
    })
    .safeParse(input);
}
