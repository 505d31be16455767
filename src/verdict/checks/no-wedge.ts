import { seconds } from '../../kernel/words.ts';
import { mustEndHealthy, recoveryStart } from '../recovery.ts';
import { excessOf, findWedges, type Wedge } from '../wedge.ts';
import { fail, inconclusive, isNonEmpty, pass, type ScenarioCheck } from './check.ts';

const id = 'no-wedge';

/**
 * How long a client may wait for the kernel to send its SYN again, after 1 s and after 3 s, if it connects to a Redis
 * that is just restarting. Real ms, because no sandbox clock speeds up the kernel.
 */
const reconnectMs = 6000;

/**
 * After recovery began, no queue of the fleet, affected or not, may keep jobs waiting for longer than the grace period:
 * workers that look alive and take nothing pass every ping. The watch includes the time in which the fleet, no longer
 * under load, works off its queues. A wedge that began late shows there.
 */
export const noWedge: ScenarioCheck = {
  id,
  about: ['treatment'],
  timeBound: true,
  appliesTo: mustEndHealthy,
  run({ run, plan, treatment }) {
    const settle = treatment?.phase('settle');
    if (!treatment || !settle) return inconclusive(id, 'the fleet was not watched after recovery');
    const from = recoveryStart(treatment) ?? settle.started;
    const until = treatment.phase('account')?.ended ?? treatment.ended ?? treatment.last ?? settle.started;
    const watched = treatment.timeline.moments.filter(({ t }) => t >= from.t && t <= until.t);
    if (!watched.some(({ sampled }) => sampled)) return inconclusive(id, 'nothing was sampled after recovery began');
    const limits = { sandboxMs: plan.health.wedgeGraceMs, realMs: reconnectMs };
    // In sandbox time at the run's rate, for the messages.
    const grace = Math.max(limits.sandboxMs, limits.realMs * run.timeScale);
    const suspects = findWedges(run, watched, limits);
    const findings = suspects.filter(({ excess }) => excess > 1).map((wedge) => ({ message: describe(wedge) }));
    if (isNonEmpty(findings)) return fail(id, findings);
    const [first = from, last = from] = [watched[0], watched.at(-1)];
    const spanMs = last.s - first.s;
    const suspect = suspects[0];
    if (suspect && spanMs > 0 && excessOf(first, last, limits) <= 1 && suspect.forMs >= spanMs * 0.9)
      return inconclusive(
        id,
        `${describe(suspect)}, nearly as long as it was watched; only ${seconds(grace)} show a wedge`,
      );
    return pass(id, `no queue kept its jobs waiting for longer than ${seconds(grace)} of sandbox time`);
  },
};

function describe({ queue, service, waiting, forMs }: Wedge): string {
  return `the queue ${queue} had ${waiting} waiting and took none for ${seconds(forMs)} of sandbox time, while ${service} ran and nothing was paused`;
}
