import { recoveryStart } from '../recovery.ts';
import type { Check } from '../run-report.ts';
import { findWedges, type Wedge } from '../wedge.ts';
import { fail, inconclusive, isNonEmpty, pass, seconds, type ScenarioContext } from './check.ts';

const id = 'no-wedge';

/**
 * Who dials a Redis that is just being restarted may wait for the kernel to send its SYN again, after 1 s and after 3 s: real ms, for no
 * sandbox clock speeds the kernel up.
 */
const reconnectMs = 6000;

/**
 * No queue of the fleet, hit or not, may sit on its jobs for longer than the grace period after recovery began:
 * workers that look alive and take nothing pass every ping. The time counts in which the fleet, no longer under load,
 * works off what is queued: there a wedge that began late shows.
 */
export function checkNoWedge({ run, plan, treatment }: ScenarioContext): Check {
  const settle = treatment?.phase('settle');
  if (!treatment || !settle) return inconclusive(id, 'the fleet was not watched after recovery');
  const from = recoveryStart(treatment) ?? settle.started;
  const until = treatment.phase('account')?.ended ?? treatment.ended ?? treatment.last ?? settle.started;
  const watched = treatment.timeline.moments.filter(({ t }) => t >= from.t && t <= until.t);
  if (!watched.some(({ sampled }) => sampled)) return inconclusive(id, 'nothing was sampled after recovery began');
  const grace = Math.max(plan.health.wedgeGraceMs, reconnectMs * run.timeScale);
  const suspects = findWedges(run, watched);
  const findings = suspects.filter(({ forMs }) => forMs > grace).map((wedge) => ({ message: describe(wedge) }));
  if (isNonEmpty(findings)) return fail(id, findings);
  const spanMs = (watched.at(-1)?.s ?? from.s) - (watched[0]?.s ?? from.s);
  const suspect = suspects[0];
  if (suspect && spanMs > 0 && spanMs <= grace && suspect.forMs >= spanMs * 0.9) {
    return inconclusive(
      id,
      `${describe(suspect)}, which is all the time it was watched; a wedge shows after ${seconds(grace)}`,
    );
  }
  return pass(id, `no queue sat on its jobs for longer than ${seconds(grace)} of sandbox time`);
}

function describe({ queue, service, waiting, forMs }: Wedge): string {
  return `the queue ${queue} had ${waiting} waiting and took none for ${seconds(forMs)} of sandbox time, while ${service} ran and nothing was paused`;
}
