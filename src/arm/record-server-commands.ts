import type { RedisCommands } from '../history/events.ts';
import { DeadlineError } from '../kernel/errors.ts';
import { pollUntil } from '../kernel/poll-until.ts';
import { readServerCommands } from '../telemetry/read-server-commands.ts';
import type { ArmOptions } from './arm-context.ts';

/** A Redis that has just started answers within this time, real ms. */
const answerWithinMs = 3000;
/** An order to the engine does not wait for longer than this, real ms. */
const orderWaitsMs = 1000;

/** Records nothing if Redis is down or does not answer: a fault may have taken it away. */
export async function recordServerCommands(
  { fleet, emit }: Pick<ArmOptions, 'fleet' | 'emit'>,
  address: string,
  moment: RedisCommands['moment'],
  signal: AbortSignal,
): Promise<void> {
  const { redis, sandbox, config } = fleet;
  const { redis: service } = config.services;
  const read = async () =>
    (await readServerCommands(redis).catch(() => undefined)) ??
    ((await sandbox.find(service))?.state === 'running' ? undefined : 'down');
  const found = await orNothing(pollUntil(read, { what: 'an answer from Redis', withinMs: answerWithinMs, signal }));
  if (found !== undefined && found !== 'down') emit({ type: 'redis.commands', moment, address, service, ...found });
}

/**
 * What to do before an order of a procedure that ends a service: the last counts of a Redis are lost with its process.
 */
export function recordEndingOf({
  fleet,
  emit,
}: Pick<ArmOptions, 'fleet' | 'emit'>): (service: string) => Promise<void> {
  return async (service) => {
    if (service !== fleet.config.services.redis) return;
    const read = async () => readServerCommands(fleet.redis);
    const found = await orNothing(pollUntil(read, { what: 'an answer from Redis', withinMs: orderWaitsMs }));
    if (found) emit({ type: 'redis.ending', ...found });
  };
}

async function orNothing<T>(work: Promise<T>): Promise<T | undefined> {
  return work.catch((error: unknown) => {
    if (error instanceof DeadlineError) return undefined;
    throw error;
  });
}
