import type { RedisCommands, ServerCommandCounts } from '../history/events.ts';
import { defined } from '../kernel/defined.ts';
import { DeadlineError } from '../kernel/errors.ts';
import { pollUntil } from '../kernel/poll-until.ts';
import { readServerCommands } from '../telemetry/read-server-commands.ts';
import type { ArmOptions } from './arm-context.ts';

/** A Redis that has just started answers within this time, real ms. */
const answerWithinMs = 3000;
/** An order to the engine does not wait for longer than this, real ms. */
const orderWaitsMs = 1000;

type Recorder = Pick<ArmOptions, 'fleet' | 'emit'>;

/** Records nothing if Redis is down or does not answer: a fault may have taken it away. */
export async function recordServerCommands(
  { fleet, emit }: Recorder,
  address: string,
  moment: RedisCommands['moment'],
  signal: AbortSignal,
): Promise<void> {
  const found = await countsWithin(answerWithinMs, fleet, signal);
  if (found) emit({ type: 'redis.commands', moment, address, service: fleet.config.services.redis, ...found });
}

/**
 * What to do before an order of a procedure that ends a service: the last counts of a Redis are lost with its process.
 */
export function recordEndingOf({ fleet, emit }: Recorder): (service: string) => Promise<void> {
  return async (service) => {
    if (service !== fleet.config.services.redis) return;
    const found = await countsWithin(orderWaitsMs, fleet);
    if (found) emit({ type: 'redis.ending', ...found });
  };
}

/** Undefined if Redis does not run, or does not answer within this time, real ms. */
async function countsWithin(
  withinMs: number,
  { redis, sandbox, config }: Recorder['fleet'],
  signal?: AbortSignal,
): Promise<ServerCommandCounts | undefined> {
  const read = async (): Promise<ServerCommandCounts | 'down' | undefined> =>
    (await readServerCommands(redis).catch(() => undefined)) ??
    ((await sandbox.find(config.services.redis))?.state === 'running' ? undefined : 'down');
  try {
    const found = await pollUntil(read, { what: 'an answer from Redis', withinMs, ...defined({ signal }) });
    return found === 'down' ? undefined : found;
  } catch (error) {
    if (error instanceof DeadlineError) return undefined;
    throw error;
  }
}
