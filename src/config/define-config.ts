/** What `drillbook.config.ts` may contain: everything about the fleet and the project that Drillbook must know. */
import { z } from 'zod';

import { thresholdMetrics, type ThresholdMetric } from '../history/events.ts';
import { reasonOf } from '../kernel/reason-of.ts';
import { size } from '../kernel/size.ts';
import { parseRange } from '../runbook/parse-range.ts';

const range = z.strictObject({ normal: z.string().min(1), alert: z.string().min(1) });

/** A host outside that the sandbox may reach. It can reach no other. */
const allowedHost = z.strictObject({
  host: z.string().regex(/^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/, 'expected a host name such as "api.example.com"'),
  port: z.int().min(1).max(65_535),
  /** The host's address, if its name must not be looked up. */
  address: z.ipv4().optional(),
});

const queue = z.strictObject({
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
const serviceNames = z.strictObject({
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
const ports = z.strictObject({
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

const mebi = 1024 * 1024;

/** The most that the operator, in which procedures run, may use. */
const operatorLimits = z.strictObject({
  /** @default '512m' */
  memory: size.default(512 * mebi),
  /** @default 512 */
  processes: z.int().min(32).default(512),
  /** @default '256m' */
  disk: size.default(256 * mebi),
});

/** The most that each container of the fleet may use. */
const fleetLimits = z.strictObject({
  /** @default '4g' */
  memory: size.default(4096 * mebi),
  /** @default 4096 */
  processes: z.int().min(32).default(4096),
  /**
   * For all containers of the fleet together.
   * @default '4g'
   */
  disk: size.default(4096 * mebi),
});

/** The load on the fleet. */
const load = z.strictObject({
  /** Jobs per sandbox second over the whole fleet. */
  jobsPerSecond: z.number().positive(),
  /** Makes a payload. `random` is seeded. */
  data: z.custom<(queue: string, id: string, random: () => number) => unknown>(
    (value) => typeof value === 'function',
    'expected a function',
  ),
});

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
   * Files and folders of the project that procedures do not see, besides `.git`, `.drillbook` and `reports`.
   * @default []
   */
  hide: z.array(z.string().regex(/^(?!\/)(?!.*(^|\/)\.\.(\/|$)).+$/, 'expected a path within the project')).default([]),
  limits: z.strictObject({ operator: operatorLimits.prefault({}), fleet: fleetLimits.prefault({}) }).prefault({}),
  /**
   * BullMQ's prefix of its keys in Redis.
   * @default 'bull'
   */
  prefix: z.string().default('bull'),
  fleet: z.strictObject({ queues: z.array(queue).min(1) }),
  load,
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
