import { z } from 'zod';

import type { ThresholdMetric } from '../history/events.ts';
import { parseRange } from '../runbook/parse-range.ts';
import { size } from '../kernel/size.ts';

const mebi = 1024 * 1024;

const range = z.strictObject({ normal: z.string().min(1), alert: z.string().min(1) });

/** A host outside that the sandbox may reach; everything else it may not. */
const allowedHost = z.strictObject({
  host: z.string().regex(/^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/, 'expected a host name such as "api.example.com"'),
  port: z.int().min(1).max(65_535),
  /** Where it is, when its name is not to be looked up. */
  address: z.ipv4().optional(),
});

const queue = z.strictObject({
  name: z
    .string()
    .min(1)
    .refine((name) => !name.includes(':'), 'BullMQ refuses a colon in a queue name'),
  service: z.string().min(1),
  /** Share of the load, relative to the other queues. */
  weight: z.number().nonnegative().default(1),
  /** Never more than this many jobs a sandbox second, whatever the weight; for queues with a rate limit. */
  maxPerSecond: z.number().positive().optional(),
  /** BullMQ job options for every job of this queue (attempts, backoff, priority, retention). */
  jobOptions: z.record(z.string(), z.unknown()).default({}),
});

const configSchema = z.strictObject({
  runbook: z.string().min(1),
  /** Directory of `*.scenario.ts` files. */
  scenarios: z.string().min(1),
  compose: z.string().min(1),
  /** Names of the services Drillbook itself talks to. */
  services: z.strictObject({
    redis: z.string(),
    api: z.string(),
    effects: z.string(),
    toxiproxy: z.string().optional(),
    workers: z.array(z.string()).min(1),
  }),
  ports: z
    .strictObject({
      redis: z.int().default(6379),
      api: z.int().default(64000),
      control: z.int().default(9100),
      toxiproxy: z.int().default(8474),
    })
    .prefault({}),
  /** Services whose images cannot load the sandbox clock and so keep real time. */
  realTimeServices: z.array(z.string()).default([]),
  /** Hosts that the fleet and the operator may reach, by name; with none there is no way out. */
  hosts: z.array(allowedHost).default([]),
  /** Variables of Drillbook's own environment that the compose file may read; no other is passed on. */
  environment: z.array(z.string().regex(/^[A-Za-z_]\w*$/, 'expected the name of a variable')).default([]),
  /** Files and folders of the project that procedures do not see, besides `.git`, `.drillbook` and `reports`. */
  hide: z.array(z.string().regex(/^(?!\/)(?!.*(^|\/)\.\.(\/|$)).+$/, 'expected a path within the project')).default([]),
  /** The most that procedures, and each container of the fleet, may take. */
  limits: z
    .strictObject({
      operator: z
        .strictObject({
          memory: size.default(512 * mebi),
          processes: z.int().min(32).default(512),
          disk: size.default(256 * mebi),
        })
        .prefault({}),
      fleet: z
        .strictObject({
          memory: size.default(4096 * mebi),
          processes: z.int().min(32).default(4096),
          /** All of the fleet together. */
          disk: size.default(4096 * mebi),
        })
        .prefault({}),
    })
    .prefault({}),
  prefix: z.string().default('bull'),
  fleet: z.strictObject({ queues: z.array(queue).min(1) }),
  load: z.strictObject({
    /** Jobs a sandbox second over the whole fleet. */
    jobsPerSecond: z.number().positive(),
    /** Makes a payload; `random` is seeded. */
    data: z.custom<(queue: string, id: string, random: () => number) => unknown>(
      (value) => typeof value === 'function',
      'expected a function',
    ),
  }),
  /** Sandbox seconds per real second. */
  timeScale: z.number().min(1).max(60).default(5),
  /** Copies of the fleet that share the work. */
  sandboxes: z.int().min(1).default(1),
  /** The thresholds somebody agreed to; a runbook that loosens them is told so. */
  thresholds: z.partialRecord(z.enum(['waiting', 'active', 'failed', 'delayed', 'rate']), range),
  /** A JSON file of recovery times that somebody was content with; `drillbook baseline` writes it. */
  recoveryBaseline: z.string().min(1).optional(),
  /** The share by which a recovery may take longer than its baseline. */
  recoveryBudget: z.number().positive().default(0.5),
  /** A JSON file of mutants of the runbook that make no difference, each with the reason (docs/mutation.md). */
  equivalentMutants: z.string().min(1).optional(),
  /** Further spellings of part labels, e.g. { Solution: ['Behebung'] }. */
  labels: z.record(z.string(), z.array(z.string())).default({}),
});

export type ConfigInput = z.input<typeof configSchema>;
export type Config = z.output<typeof configSchema>;

/** Declares the project's configuration; validated when it is loaded. */
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

/** What no single value shows: names used twice, queues of services that there are not, thresholds that are no ranges. */
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
    return error instanceof Error ? error.message : String(error);
  }
}
