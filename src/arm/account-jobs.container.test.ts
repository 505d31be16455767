import { afterAll, beforeAll, expect, test } from 'vitest';

import type { EventBody } from '../history/events.ts';
import { monotonicMs } from '../kernel/clock.ts';
import { Cleanup } from '../kernel/disposal.ts';
import { startAllowance } from '../kernel/allowance.ts';
import { pollUntil } from '../kernel/poll-until.ts';
import { findRetries } from '../telemetry/find-retries.ts';
import { scanResidue } from '../telemetry/scan-residue.ts';
import { ArmView } from '../verdict/arm-view.ts';
import { Ledger } from '../record/ledger.ts';
import { pausedPlan, recordRun } from '../verdict/testing/record-run.ts';
import { startSmallSandbox, type SmallSandbox } from '../../test/support/start-small-sandbox.ts';
import { accountJobs } from './account-jobs.ts';
import { connectFleet, startLoad, startWatch } from './fleet-session.ts';
import { runPhase } from './phase.ts';

const queue = 'campaign.track';
/** Longer than the phase waits for the load's own jobs; sandbox ms. */
const backOffMs = 250_000;
/** Longer than the phase waits for a retry; sandbox ms. */
const tooLateMs = 3_600_000;

let small: SmallSandbox;
beforeAll(async () => {
  small = await startSmallSandbox(20);
});
afterAll(() => small[Symbol.asyncDispose]());

test('accounting waits for the retry of a failed job, unless that retry is due too late', async () => {
  const { sandbox, config } = small;
  const fleet = await connectFleet(sandbox, config);
  const { clock } = sandbox;
  const [run] = recordRun();
  if (run?.type !== 'run.started') throw new Error('the recorded run does not begin with `run.started`');
  const view = new ArmView(run, pausedPlan);
  const ledger = new Ledger();
  let seq = 0;
  const emit = (body: EventBody): void => {
    const event = { ...body, seq, t: monotonicMs(), s: clock.now() };
    seq += 1;
    view.apply(event);
    ledger.push(event);
  };
  const cleanup = new Cleanup();
  const watch = startWatch(fleet, emit);
  cleanup.add('stopping the queue sampler', 10_000, () => watch.stop());
  const load = await startLoad(fleet, 1, emit);
  const stopLoad = cleanup.add('stopping the load', 10_000, () => load.stop());
  try {
    // No job can report its effect, so each fails. Those of this queue are retried much later.
    await sandbox.kill(config.services.effects, 'SIGKILL');
    const add = (count: number, delay: number) =>
      load.add({ queues: [queue], count, data: {}, options: { attempts: 2, backoff: { type: 'retry-after', delay } } });
    await add(5, backOffMs);
    // Two are retried too late, and one is delayed and was never tried.
    await add(2, tooLateMs);
    await load.add({ queues: [queue], count: 1, data: {}, options: { delay: tooLateMs } });
    const areLate = async (): Promise<boolean> => {
      const due = await findRetries(fleet.redis, config.prefix, [queue]);
      return due.filter((at) => at > clock.now() + backOffMs / 2).length === 7;
    };
    await pollUntil(areLate, { what: 'jobs that wait for a late retry', withinMs: 30_000 });
    await sandbox.start(config.services.effects);

    await accountJobs({
      load,
      stopLoad,
      retriesAllowed: 0,
      fleet,
      emit,
      view,
      phase: (name, work) =>
        runPhase(name, { clock, allowance: { realMs: 90_000 } }, emit, new AbortController().signal, work),
      until: async (what, allowance, probe) => {
        using allowed = startAllowance(clock, allowance);
        return await pollUntil(probe, { what, over: allowed.over, everyMs: 50 });
      },
    });
    // A retry that is overdue and was not taken counts as any other job that is left.
    const overdue = await scanResidue(fleet.redis, config.prefix, [queue], clock.now() + 2 * tooLateMs);
    expect(overdue.jobs[queue]?.delayed).toHaveLength(3);
    expect(overdue.jobs[queue]).not.toHaveProperty('retrying');
  } finally {
    expect(await cleanup.run()).toEqual([]);
    fleet.redis.disconnect();
  }
  expect(ledger.balance()).toMatchObject({ whole: true, queued: 3, retrying: 2, lost: 0 });
  expect(ledger.balance().queuedIn).toEqual({ delayed: 1, retrying: 2 });
}, 120_000);

test('two loads in one sandbox never use the same job id, even for the same arm of the same scenario', async () => {
  const fleet = await connectFleet(small.sandbox, small.config);
  const ids: string[] = [];
  for (let time = 0; time < 2; time += 1) {
    const load = await startLoad(fleet, 1, (event) => {
      if (event.type === 'enqueued') ids.push(...event.ids);
    });
    await load.add({ queues: [queue], count: 5, data: {}, options: {} });
    await load.stop();
  }
  fleet.redis.disconnect();
  expect(ids.length).toBeGreaterThanOrEqual(10);
  expect(new Set(ids).size).toBe(ids.length);
}, 60_000);
