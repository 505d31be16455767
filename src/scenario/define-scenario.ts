/**
 * What a `*.scenario.ts` file may contain. A scenario binds one failure to the procedures of the runbook:
 *
 *   steady state → fault → symptoms → diagnosis → recovery → health and jobs accounted for
 *
 * `load-scenarios.ts` reads the files and `parseScenario` checks them. `bind-scenario.ts` then resolves their names
 * against the runbook and the fleet. All durations are sandbox time.
 */
import { z } from 'zod';

import { claimSpec } from '../claims/claims.ts';
import { queueSelector } from '../claims/queue-selector.ts';
import { duration } from '../config/duration-schema.ts';
import { serverCommands } from '../history/server-commands.ts';
import { fault } from './fault-spec.ts';
import { burst, contract } from './job-specs.ts';
import { step } from './step-spec.ts';

const health = z.strictObject({
  /**
   * The affected queues, checked one by one besides the fleet as a whole.
   * @default { names: [] }
   */
  queues: queueSelector.default({ names: [] }),
  /**
   * The affected services. A procedure may stop or restart only these.
   * @default []
   */
  services: z.array(z.string()).default([]),
  /** At most so many jobs of the affected queues may be among the failed. Absent: any number. */
  failed: z.int().nonnegative().optional(),
  /** At most so many of them may be delayed, where failed jobs wait for their next try. Absent: the normal range. */
  delayed: z.int().nonnegative().optional(),
  /**
   * How long health must hold without a gap.
   * @default '30s'
   */
  sustain: duration.default(30_000),
  /**
   * Health must begin so long after the end of the procedures.
   * @default '5m'
   */
  within: duration.default(300_000),
  /**
   * Jobs that wait for longer than this, with none active, are a wedge.
   * @default '30s'
   */
  wedgeGrace: duration.default(30_000),
});

const touches = z.strictObject({
  /** The services that procedures may stop or restart. Absent: those of `health`. */
  services: z.array(z.string()).optional(),
  /** How many of them may be down at the same time. Absent: all. */
  servicesAtOnce: z.int().positive().optional(),
  /** `servicesAtOnce` is a promise of the runbook: it counts only if the runbook says so, in words that match. */
  promisedBy: z.instanceof(RegExp, { error: 'expected a regular expression such as /one after the other/' }).optional(),
  /** For how long each may be down. Absent: any time. */
  servicesFor: duration.optional(),
  /**
   * The queues that procedures may pause, and whose failed and completed jobs they may retry or remove. Absent: as in
   * `health`.
   */
  queues: queueSelector.optional(),
  /** For how long each may be paused. Absent: any time. */
  queuesFor: duration.optional(),
  /**
   * The commands for the whole of Redis that procedures may give, such as `config|set`. Absent: `config|set` if they
   * may touch the service that is Redis, otherwise none.
   */
  redis: z.array(z.enum(serverCommands)).optional(),
});

const alerts = z.strictObject({
  /**
   * Alerts that must fire, each with the time after the fault took effect, at every evaluation phase.
   * @default {}
   */
  fire: z.record(z.string(), duration).default({}),
  /**
   * Alerts that must stay quiet.
   * @default []
   */
  quiet: z.array(z.string()).default([]),
  /** So long after the recovery every alert must be resolved. */
  clear: duration.optional(),
});

const scenarioSchema = z.strictObject({
  /** In kebab case, unique among the scenarios. */
  id: z.string().regex(/^[a-z][a-z0-9-]*$/, 'expected a kebab-case id such as "queue-paused"'),
  /** What happens, in one sentence. */
  title: z.string().min(1),
  /** What breaks. Without a fault the blocks run on a healthy fleet. */
  fault: fault.optional(),
  /**
   * What the runbook says a person sees. Each must be seen while the fault is in place.
   * @default []
   */
  symptoms: z.array(claimSpec).default([]),
  /**
   * Blocks that find the fault, run in this order.
   * @default []
   */
  diagnosis: z.array(step).default([]),
  /**
   * Blocks that cure the fault, run in this order.
   * @default []
   */
  recovery: z.array(step).default([]),
  /**
   * Blocks for a healthy fleet, which must be as healthy after them as before.
   * @default []
   */
  maintenance: z.array(step).default([]),
  /**
   * Services whose containers are recreated first, so that their logs begin with the scenario.
   * @default []
   */
  fresh: z.array(z.string().min(1)).default([]),
  /**
   * It takes a CPU core or more. Of several sandboxes only one runs such a scenario at a time.
   * @default false
   */
  demanding: z.boolean().default(false),
  /**
   * Jobs on top of the load, added right after the fault took effect, or before the maintenance.
   * @default []
   */
  burst: z.array(burst).default([]),
  /**
   * Something else repairs the broken part after this long, before recovery begins. The procedure cures the rest.
   * Both arms get the same repair.
   */
  mendedAfter: duration.optional(),
  /**
   * The fleet must recover by itself, without a procedure.
   * @default false
   */
  selfHealing: z.boolean().default(false),
  /** What must be healthy again besides the fleet as a whole, and by when. */
  health: health.prefault({}),
  /** What the procedures may touch besides curing what is broken, and how much of it at once. */
  touches: touches.prefault({}),
  /** What may happen to the jobs. */
  jobs: contract.prefault({}),
  /** What alert rules must do for this fault. `alerts test` judges it; without it the report says what they did. */
  alerts: alerts.prefault({}),
  /**
   * The control arm: the same fault without the recovery must stay broken. `instead` is a lesser remedy that must not
   * help.
   * @default { enabled: true, instead: [] }
   */
  control: z.strictObject({ enabled: z.boolean().default(true), instead: z.array(step).default([]) }).prefault({}),
});

export type ScenarioInput = z.input<typeof scenarioSchema>;
export type ScenarioSpec = z.output<typeof scenarioSchema>;
export type { FaultSpec } from './fault-spec.ts';
export type { JobsSpec } from './job-specs.ts';
export type { StepSpec } from './step-spec.ts';

/**
 * Declares a scenario and gives it its types. Drillbook checks the values when it loads the file, and reports the first
 * mistake with its line (`INPUT_INVALID`).
 *
 * @example
 * ```ts
 * import { defineScenario } from 'drillbook';
 *
 * const affected = { names: ['mail.send'] };
 * export default defineScenario({
 *   id: 'queue-paused',
 *   title: 'one queue is paused; resuming it brings its jobs home',
 *   fault: { kind: 'queues-paused', queues: affected },
 *   symptoms: [{ claim: 'paused', queues: affected, value: true }],
 *   diagnosis: [{ run: '3.2 > Diagnosis > bash[1]', shows: [{ pattern: /paused: true/, means: 'it is paused' }] }],
 *   recovery: [{ run: '3.2 > Solution > bash[1]' }],
 *   health: { queues: affected, within: '90s' },
 *   jobs: { duplicates: 'effectively-once' },
 * });
 * ```
 */
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

/** Finds keys that do not fit together. */
function* findContradictions(spec: ScenarioSpec): Generator<Contradiction> {
  const { fault: broken, diagnosis, recovery, maintenance, mendedAfter, selfHealing } = spec;
  if (broken && recovery.length === 0 && !selfHealing) {
    const message = 'a scenario with a fault needs the procedure that recovers from it, or `selfHealing: true`';
    yield { path: ['recovery'], message };
  }
  if (selfHealing && recovery.length > 0)
    yield { path: ['selfHealing'], message: 'a fleet that recovers by itself needs no recovery procedure' };
  if (!broken && recovery.length > 0) {
    const message = 'a recovery without a fault proves nothing; put blocks for a healthy fleet into `maintenance`';
    yield { path: ['fault'], message };
  }
  if (broken && maintenance.length > 0)
    yield { path: ['maintenance'], message: 'maintenance runs on a healthy fleet, but this scenario has a fault' };
  if (!broken && mendedAfter !== undefined) yield { path: ['mendedAfter'], message: 'there is no fault to be mended' };
  if (diagnosis.length + recovery.length + maintenance.length === 0 && !selfHealing)
    yield { path: ['diagnosis'], message: 'a scenario must run at least one procedure of the runbook' };
}
