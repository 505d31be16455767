import type { Redis } from 'ioredis';

import type { FaultTarget } from '../faults/fault.ts';
import type { EventBody } from '../history/events.ts';
import { createJobIds } from '../history/job-ids.ts';
import { pollUntil } from '../kernel/poll-until.ts';
import type { Address, Sandbox } from '../sandbox/sandbox.ts';
import { Toxiproxy } from '../sandbox/toxiproxy.ts';
import type { Config } from '../config/define-config.ts';
import { resetEffects } from '../telemetry/read-effects.ts';
import { createProbeClient } from '../telemetry/redis-client.ts';
import { watchQueues, type QueueWatch } from '../telemetry/watch-queues.ts';
import { generateLoad, type Load } from '../workload/generate-load.ts';
import { queueClassOf, type QueueClass } from '../workload/queue-class.ts';

/** What there is of the fleet in a running sandbox, whatever state it is in: clients, addresses, names. */
interface ReachedFleet {
  readonly sandbox: Sandbox;
  readonly config: Config;
  readonly redis: Redis;
  readonly redisAddress: Address;
  readonly control: { readonly url: string; readonly token: string };
  readonly queueNames: readonly string[];
  /** Undefined where the fleet has none. */
  readonly toxiproxy: Toxiproxy | undefined;
  /** All that Redis was set to when nobody had changed it. */
  readonly redisSettings: string;
}

/** What every arm needs of the running sandbox. */
export interface Fleet extends ReachedFleet {
  /** As its api has them at hand; `unknown` where it does not tell. */
  readonly versions: { readonly bullmq: string; readonly node: string };
  readonly queueClass: QueueClass;
  readonly nextJobId: ReturnType<typeof createJobIds>;
}

/** A sample a sandbox second, and at most ten a real second. */
function sampleInterval({ sandbox }: Fleet): number {
  return Math.max(100, sandbox.clock.toRealMs(1000));
}

/** Asks a fleet that is well what it runs on, too. */
export async function connectFleet(sandbox: Sandbox, config: Config): Promise<Fleet> {
  const fleet = await reachFleet(sandbox, config);
  const versions = await versionsIn(sandbox, config.services.api);
  return { ...fleet, versions, queueClass: await queueClassOf(versions.bullmq), nextJobId: createJobIds() };
}

export async function reachFleet(sandbox: Sandbox, config: Config): Promise<ReachedFleet> {
  const redisAddress = await sandbox.address(config.services.redis, config.ports.redis);
  const control = await sandbox.address(config.services.effects, config.ports.control);
  const redis = createProbeClient(redisAddress);
  await pollUntil(async () => (await redis.ping()) === 'PONG', { what: 'an answer from Redis', withinMs: 10_000 });
  return {
    sandbox,
    config,
    redis,
    redisAddress,
    control: { url: urlOf(control), token: sandbox.controlToken },
    queueNames: config.fleet.queues.map(({ name }) => name),
    toxiproxy:
      config.services.toxiproxy === undefined
        ? undefined
        : new Toxiproxy(await sandbox.address(config.services.toxiproxy, config.ports.toxiproxy)),
    redisSettings: await settingsOf(redis),
  };
}

async function versionsIn(sandbox: Sandbox, service: string): Promise<Fleet['versions']> {
  const said = await sandbox.exec(service, [
    'node',
    '-p',
    'require("bullmq/package.json").version + " " + process.version',
  ]);
  const [, bullmq = 'unknown', node = 'unknown'] = /^(\S+) (v\S+)$/.exec(said.trim()) ?? [];
  return { bullmq, node };
}

/** Sorted: each process of Redis has an order of its own. What a Redis that tells nothing of them says instead is the same each time, too. */
async function settingsOf(redis: Redis): Promise<string> {
  const told = await redis.config('GET', '*').then(
    (answer) => answer as readonly string[],
    (error: unknown) => {
      if (error instanceof Error && error.name === 'ReplyError') return [error.message];
      throw error;
    },
  );
  const lines = told.flatMap((name, index) => (index % 2 === 0 ? [`${name} ${told[index + 1]}`] : []));
  return lines.toSorted().join('\n');
}

/** What a fault may break of the running fleet. */
export function faultTarget(fleet: Fleet, load: Pick<Load, 'add'>, queues: readonly string[]): FaultTarget {
  const { sandbox, redis, redisAddress, queueClass, toxiproxy, control, config } = fleet;
  const [client = config.services.api] = config.services.workers;
  return {
    sandbox,
    redis,
    redisAddress,
    prefix: config.prefix,
    queueClass,
    queues,
    serviceOf: (name) => config.fleet.queues.find((queue) => queue.name === name)?.service,
    addJobs: (jobs) => load.add(jobs, true),
    toxiproxy,
    control,
    services: { redis: config.services.redis, toxiproxy: config.services.toxiproxy, client },
  };
}

/**
 * Brings the sandbox back to an empty, whole fleet: containers up and as they were made, no keys, no effects. The next baseline proves it.
 * @param fresh services whose containers are made anew in any case
 * @returns what somebody had left otherwise than it was made, a sentence each
 */
export async function resetFleet(
  fleet: ReachedFleet,
  signal: AbortSignal,
  fresh: readonly string[] = [],
): Promise<readonly string[]> {
  const { sandbox, config, redis, control, toxiproxy } = fleet;
  const restored = await sandbox.restore();
  for (const { service, state } of await sandbox.containers()) {
    if (state !== 'running' || fresh.includes(service)) await sandbox.recreate(service);
  }
  const settings = await pollUntil(() => settingsOf(redis), {
    what: 'the settings of Redis',
    withinMs: 10_000,
    signal,
  });
  if (settings !== fleet.redisSettings) await sandbox.recreate(config.services.redis);
  if (toxiproxy)
    await pollUntil(() => toxiproxy.reset().then(() => true as const), {
      what: 'a reset of Toxiproxy',
      withinMs: 10_000,
      signal,
    });
  await pollUntil(async () => (await redis.flushall()) === 'OK', { what: 'emptying Redis', withinMs: 10_000, signal });
  await pollUntil((within) => resetEffects(control, within).then(() => true as const), {
    what: 'a reset of the external APIs',
    withinMs: 10_000,
    signal,
  });
  await pollUntil(
    async () => {
      const containers = await sandbox.containers();
      return containers.every(
        ({ state, health }) => state === 'running' && (health === undefined || health === 'healthy'),
      );
    },
    { what: `health of ${config.services.workers.length} worker containers`, withinMs: 30_000, everyMs: 50, signal },
  );
  return [
    ...restored.map(({ service, how }) => `${service} ${how}`),
    ...(settings === fleet.redisSettings ? [] : ['Redis was set otherwise']),
  ].map((what) => `what ran before left something behind: ${what}; it is made anew`);
}

function urlOf({ host, port }: Address): string {
  return `http://${host}:${port}`;
}

export function startLoad(
  fleet: Fleet,
  idPrefix: string,
  seed: number,
  emit: (event: EventBody) => void,
): Promise<Load> {
  const { config, sandbox, redisAddress } = fleet;
  return generateLoad({
    redis: redisAddress,
    prefix: config.prefix,
    queueClass: fleet.queueClass,
    queues: config.fleet.queues,
    jobsPerSecond: config.load.jobsPerSecond,
    data: config.load.data,
    seed,
    nextId: () => fleet.nextJobId(idPrefix),
    clock: sandbox.clock,
    emit,
  });
}

export function startWatch(fleet: Fleet, emit: (event: EventBody) => void): QueueWatch {
  return watchQueues({
    redis: fleet.redis,
    prefix: fleet.config.prefix,
    queues: fleet.queueNames,
    everyMs: sampleInterval(fleet),
    emit,
  });
}
