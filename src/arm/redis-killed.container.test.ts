import { afterAll, beforeAll, expect, test } from 'vitest';

import type { EventBody } from '../history/events.ts';
import { pollUntil } from '../kernel/poll-until.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import type { Config } from '../config/define-config.ts';
import { readEffects } from '../telemetry/read-effects.ts';
import { scanResidue } from '../telemetry/scan-residue.ts';
import { Ledger } from '../record/ledger.ts';
import { connectFleet, startLoad, startWatch, type Fleet } from './fleet-session.ts';
import { startSmallSandbox, type SmallSandbox } from '../../test/support/start-small-sandbox.ts';

const rounds = 10;
const jobsPerSecond = 400;

let small: SmallSandbox;
let config: Config;
let sandbox: Sandbox;
beforeAll(async () => {
  small = await startSmallSandbox(1, {}, (own) => ({ ...own, load: { ...own.load, jobsPerSecond } }));
  ({ config, sandbox } = small);
});
afterAll(() => small[Symbol.asyncDispose]());

/**
 * Runs the load at full rate until a second of it is acknowledged, then kills Redis and starts it again. `forgetful`:
 * for the last half of that second Redis writes nothing to disk, like a machine that dies with unsynced writes. The
 * workers are frozen meanwhile, so that no job is done before it is lost.
 */
async function killUnderLoad(
  fleet: Fleet,
  round: number,
  emit: (event: EventBody) => void,
  forgetful = false,
): Promise<Fleet> {
  const watch = startWatch(fleet, emit);
  const load = await startLoad(fleet, round, emit);
  const reach = (jobs: number) =>
    pollUntil(() => load.counts.acknowledged >= jobs, { what: 'the load', withinMs: 20_000 });
  await reach(jobsPerSecond / 2);
  const { workers, redis } = config.services;
  if (forgetful) {
    for (const worker of workers) await sandbox.setFrozen(worker, true);
    await fleet.redis.config('SET', 'appendonly', 'no');
  }
  await reach(load.counts.acknowledged + jobsPerSecond / 2);
  await sandbox.kill(redis, 'SIGKILL');
  await pollUntil(isDown, { what: 'the death of Redis', withinMs: 10_000 });
  await load.stop();
  await watch.stop();
  fleet.redis.disconnect();
  if (forgetful) for (const worker of workers) await sandbox.setFrozen(worker, false);
  await sandbox.start(redis);
  return connectFleet(sandbox, config);
}

const isDown = async (): Promise<boolean> =>
  (await sandbox.containers()).some(({ service, state }) => service === config.services.redis && state === 'exited');

/** The jobs that neither Redis nor the sink knows. */
async function trulyLost(
  fleet: Fleet,
  jobs: ReadonlyMap<string, string>,
  done: ReadonlySet<string>,
): Promise<string[]> {
  const pipeline = fleet.redis.pipeline();
  const open = [...jobs].filter(([id]) => !done.has(id));
  for (const [id, queue] of open) pipeline.exists(`${config.prefix}:${queue}:${id}`);
  const replies = (await pipeline.exec()) ?? [];
  return open.filter((_, index) => replies[index]?.[1] !== 1).map(([id]) => id);
}

test(`Redis is killed ${rounds} times under ${jobsPerSecond} jobs a second: the ledger places every job and names the lost ones`, async () => {
  const acknowledged = new Map<string, string>();
  const outcomes = new Set<string>();
  const events: EventBody[] = [];
  const emit = (event: EventBody): void => {
    events.push(event);
    if (event.type === 'enqueued') for (const id of event.ids) acknowledged.set(id, event.queue);
    if (event.type === 'outcomes') for (const id of event.completed) outcomes.add(id);
  };
  /** Compares the ledger with what Redis and the sink say. @returns how many jobs are lost */
  const checkLedger = async (fleet: Fleet): Promise<number> => {
    const residue = await scanResidue(fleet.redis, config.prefix, fleet.queueNames, fleet.sandbox.clock.now());
    const effects = await readEffects(fleet.control, AbortSignal.timeout(15_000));
    const ledger = new Ledger();
    [...events, residue, effects].forEach((event, seq) => ledger.push({ ...event, seq, t: seq, s: seq }));
    const balance = ledger.balance();
    const named = ledger.examples('lost', Infinity).map(({ id }) => id);
    const done = new Set([...effects.once, ...effects.more.map(([id]) => id), ...outcomes]);
    expect(named.toSorted()).toEqual((await trulyLost(fleet, acknowledged, done)).toSorted());
    const { completed, duplicated, failed, queued, removed, lost } = balance;
    expect(balance).toMatchObject({ whole: true, enqueued: acknowledged.size });
    expect(completed + duplicated + failed + queued + removed + lost).toBe(acknowledged.size);
    return lost;
  };
  let fleet = await connectFleet(sandbox, config);
  for (let round = 1; round <= rounds; round += 1) {
    fleet = await killUnderLoad(fleet, round, emit);
    await checkLedger(fleet);
  }
  fleet = await killUnderLoad(fleet, rounds + 1, emit, true);
  expect(await checkLedger(fleet)).toBeGreaterThan(0);
  fleet.redis.disconnect();
  expect(acknowledged.size).toBeGreaterThanOrEqual(rounds * jobsPerSecond);
}, 150_000);
