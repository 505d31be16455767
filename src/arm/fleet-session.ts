import { randomInt } from 'node:crypto';
import type { Redis } from 'ioredis';

import type { FaultTarget } from '../faults/fault.ts';
import type { EventBody } from '../history/events.ts';
import { JobIds } from '../history/job-ids.ts';
import { pollUntil } from '../kernel/poll-until.ts';
import type { Address, Sandbox } from '../sandbox/sandbox.ts';
import { Toxiproxy } from '../sandbox/toxiproxy.ts';
import type { Config } from '../config/define-config.ts';
import { createProbeClient } from '../telemetry/redis-client.ts';
import { watchQueues, type QueueWatch } from '../telemetry/watch-queues.ts';
import { generateLoad, type Load } from '../workload/generate-load.ts';
import { queueClassOf, type QueueClass } from '../workload/queue-class.ts';
import { readRedisSettings } from './redis-settings.ts';

/** Clients, addresses and names of the fleet in a running sandbox. The fleet itself may be in any state. */
export interface ReachedFleet {
  readonly sandbox: Sandbox;
  readonly config: Config;
  readonly redis: Redis;
  readonly redisAddress: Address;
  readonly control: { readonly url: string; readonly token: string };
  readonly queueNames: readonly string[];
  /** Undefined if the fleet has none. */
  readonly toxiproxy: Toxiproxy | undefined;
  /** Every setting of Redis when this session connected; a reset brings them back. */
  readonly redisSettings: string;
}

/** What every arm needs of the running sandbox: the fleet it reached, what that fleet runs on, and ids for its jobs. */
export interface Fleet extends ReachedFleet {
  /** As installed in the api container; `unknown` if it does not print them. */
  readonly versions: { readonly bullmq: string; readonly node: string };
  readonly queueClass: QueueClass;
  /** Gives ids to the jobs of this sandbox. */
  readonly jobIds: JobIds;
}

/** Real ms between two samples: one per sandbox second, but at most ten per real second. */
function sampleInterval({ sandbox }: Fleet): number {
  return Math.max(100, sandbox.clock.toRealMs(1000));
}

/**
 * Connects to a healthy fleet, and asks its api container for the versions of BullMQ and Node.
 * @param jobIds must give no id twice in this sandbox. Default: a source that no other session has
 */
export async function connectFleet(
  sandbox: Sandbox,
  config: Config,
  jobIds: JobIds = new JobIds({ seed: randomInt(2 ** 32), part: sandbox.id }),
): Promise<Fleet> {
  const fleet = await reachFleet(sandbox, config);
  const versions = await versionsIn(sandbox, config.services.api);
  return { ...fleet, versions, queueClass: await queueClassOf(versions.bullmq), jobIds };
}

/** Connects to a fleet in any state, as long as its Redis answers within ten seconds. */
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
    redisSettings: await readRedisSettings(redis),
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

/** The parts of the running fleet that a fault may break. */
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

/** Starts the steady load of the configuration. Records first which ids were given before it. */
export function startLoad(
  fleet: Fleet,
  seed: number,
  emit: (event: EventBody) => void,
  intensityAt?: (sandboxMs: number) => number,
): Promise<Load> {
  const { config, sandbox, redisAddress, jobIds } = fleet;
  emit({ type: 'job-ids', seed: jobIds.seed, part: jobIds.part, given: jobIds.given });
  return generateLoad({
    redis: redisAddress,
    prefix: config.prefix,
    queueClass: fleet.queueClass,
    queues: config.fleet.queues,
    jobsPerSecond: config.load.jobsPerSecond,
    data: config.load.data,
    seed,
    nextId: () => jobIds.next(),
    clock: sandbox.clock,
    emit,
    intensityAt,
  });
}

/** Starts sampling the queues and reading their events. */
export function startWatch(fleet: Fleet, emit: (event: EventBody) => void): QueueWatch {
  return watchQueues({
    redis: fleet.redis,
    prefix: fleet.config.prefix,
    queues: fleet.queueNames,
    everyMs: sampleInterval(fleet),
    emit,
  });
}

function urlOf({ host, port }: Address): string {
  return `http://${host}:${port}`;
}
