/** What `drillbook.config.ts` may contain: everything about the fleet and the project that Drillbook must know. */
import { z } from 'zod';

import { thresholdMetrics, type ThresholdMetric } from '../history/events.ts';
import { reasonOf } from '../kernel/reason-of.ts';
import { parseRange } from '../runbook/parse-range.ts';
import { excusingKeys } from '../runbook/runbook.ts';
import { load, ports, queue, serviceNames } from './fleet-schema.ts';
import { metrics } from './metrics-schema.ts';
import { allowedHost, fleetLimits, operatorLimits } from './sandbox-schema.ts';

const range = z.strictObject({ normal: z.string().min(1), alert: z.string().min(1) });

/** The file is in the project's folder. */
export const configName = 'drillbook.config.ts';

const pathWithin = z.string().regex(/^(?!\/)(?!.*(^|\/)\.\.(\/|$)).+$/, 'expected a path within the project');

/** An empty match would put a mark between any two characters. */
const redactPattern = z
  .instanceof(RegExp, { error: 'expected a regular expression such as /password=\\S+/' })
  .refine(
    (pattern) => new RegExp(pattern, '').exec('') === null,
    'expected a pattern that does not match an empty text',
  );

/** Paths are relative to the folder of the configuration. */
const configSchema = z.strictObject({
  /** The Markdown file to verify. */
  runbook: z.string().min(1),
  /** Directory of `*.scenario.ts` files. */
  scenarios: z.string().min(1),
  /** The compose file of the fleet. */
  compose: z.string().min(1),
  services: serviceNames,
  ports: ports.prefault({}),
  /**
   * Services whose images cannot load the sandbox clock and so keep real time.
   * @default []
   */
  realTimeServices: z.array(z.string()).default([]),
  /**
   * Hosts that the fleet and the operator may reach, by name. Without any there is no way out.
   * @default []
   */
  hosts: z.array(allowedHost).default([]),
  /**
   * Variables of Drillbook's own environment that the compose file may read. No other is passed on.
   * @default []
   */
  environment: z.array(z.string().regex(/^[A-Za-z_]\w*$/, 'expected the name of a variable')).default([]),
  /**
   * Compose variables with which the fleet bypasses Toxiproxy, such as `{ REDIS_HOST: 'redis' }`. Scenarios whose fault
   * breaks no proxy then run in a sandbox without the detour, which saves about a tenth of the CPU.
   */
  withoutProxies: z
    .record(z.string().regex(/^[A-Za-z_]\w*$/, 'expected the name of a variable'), z.string())
    .optional(),
  /**
   * Files and folders of the project that procedures see, besides the compose file and the files that it reads.
   * @default []
   */
  show: z.array(pathWithin).default([]),
  /**
   * Files and folders below those of `show` that procedures do not see all the same.
   * @default []
   */
  hide: z.array(pathWithin).default([]),
  limits: z.strictObject({ operator: operatorLimits.prefault({}), fleet: fleetLimits.prefault({}) }).prefault({}),
  /**
   * BullMQ's prefix of its keys in Redis.
   * @default 'bull'
   */
  prefix: z.string().default('bull'),
  fleet: z.strictObject({ queues: z.array(queue).min(1) }),
  load,
  metrics: metrics.prefault({}),
  /**
   * Sandbox seconds per real second, 1 to 60.
   * @default 5
   */
  timeScale: z.number().min(1).max(60).default(5),
  /**
   * Copies of the fleet that share the work.
   * @default 1
   */
  sandboxes: z.int().min(1).default(1),
  /** The thresholds that you agreed to. A runbook that loosens them fails the check `oracle`. */
  thresholds: z.partialRecord(z.enum(thresholdMetrics), range),
  /**
   * Annotations in the runbook that count in every scenario. `at` is the address of the block.
   * @default []
   */
  annotations: z
    .array(z.strictObject({ at: z.string().min(1), allow: z.array(z.enum(excusingKeys)).min(1) }))
    .default([]),
  /**
   * Blocks of the runbook that no scenario needs to run, each with the reason. `at` is an address, as in a step.
   * @default []
   */
  uncovered: z.array(z.strictObject({ at: z.string().min(1), why: z.string().min(1) })).default([]),
  /**
   * What the record of a drill must not hold: each match of one of these is left out before anything is written.
   * @default []
   */
  redact: z.array(redactPattern).default([]),
  /** A JSON file of recovery times from earlier runs. `drillbook baseline <run>` writes it. */
  recoveryBaseline: z.string().min(1).optional(),
  /**
   * The share by which a recovery may take longer than its baseline.
   * @default 0.5
   */
  recoveryBudget: z.number().positive().default(0.5),
  /** A JSON file of mutants of the runbook that make no difference, each with the reason (docs/mutation.md). */
  equivalentMutants: z.string().min(1).optional(),
  /**
   * Further spellings of part labels, e.g. { Solution: ['Behebung'] }.
   * @default {}
   */
  labels: z.record(z.string(), z.array(z.string())).default({}),
});

export type ConfigInput = z.input<typeof configSchema>;
export type Config = z.output<typeof configSchema>;

/**
 * Declares the project's configuration and gives it its types. Drillbook checks the values when it loads the file, and
 * reports the first mistake with its line (`INPUT_INVALID`). docs/configuration.md explains every key.
 *
 * @example
 * ```ts
 * import { defineConfig } from 'drillbook';
 *
 * export default defineConfig({
 *   runbook: 'runbooks/worker-failure.md',
 *   scenarios: 'scenarios',
 *   compose: 'docker-compose.test.yml',
 *   services: { redis: 'redis', api: 'api', effects: 'external-apis', workers: ['worker-mail'] },
 *   fleet: { queues: [{ name: 'mail.send', service: 'worker-mail' }] },
 *   load: { jobsPerSecond: 5, data: (queue, id) => ({ to: `${id}@example.com` }) },
 *   thresholds: { waiting: { normal: '< 1000', alert: '> 5000' } },
 * });
 * ```
 */
export function defineConfig(input: ConfigInput): ConfigInput {
  return input;
}

export function parseConfig(input: unknown): z.ZodSafeParseResult<Config> {
  return configSchema
    .superRefine((config, context) => {
      for (const { path, message } of findContradictions(config)) context.addIssue({ code: 'custom', path, message });
    })
    .safeParse(input);
}

interface Contradiction {
  readonly path: PropertyKey[];
  readonly message: string;
}

/** Finds names that are used twice, queues of unknown services, and thresholds that are no ranges. */
function findContradictions({ fleet, services, thresholds }: Config): readonly Contradiction[] {
  const found: Contradiction[] = [];
  const { redis, api, effects, toxiproxy, workers } = services;
  const names = [redis, api, effects, ...(toxiproxy === undefined ? [] : [toxiproxy]), ...workers];
  const twin = names.find((name, index) => names.indexOf(name) !== index);
  if (twin !== undefined) found.push({ path: ['services'], message: `the service ${twin} is named twice` });
  const seen = new Set<string>();
  for (const [index, { name, service }] of fleet.queues.entries()) {
    const path = ['fleet', 'queues', index];
    if (seen.has(name)) found.push({ path: [...path, 'name'], message: `queue ${name} is listed twice` });
    seen.add(name);
    if (workers.includes(service)) continue;
    const message = `${service} is not one of services.workers (${workers.join(', ')})`;
    found.push({ path: [...path, 'service'], message });
  }
  for (const [metric, cells] of Object.entries(thresholds)) {
    for (const [cell, text] of Object.entries(cells)) {
      const problem = findRangeProblem(text, metric as ThresholdMetric);
      if (problem !== undefined)
        found.push({ path: ['thresholds', metric, cell], message: `${problem}, got \`${text}\`` });
    }
  }
  return found;
}

function findRangeProblem(text: string, metric: ThresholdMetric): string | undefined {
  try {
    parseRange(text, metric);
    return undefined;
  } catch (error) {
    return reasonOf(error);
  }
}
