import type { ArmRecord, Instant } from '../../record/arm-record.ts';
import { complaintAt, isGap, type Complaint, type HealthRules } from '../health.ts';
import { watchEnd } from '../recovery.ts';
import { findSustained } from '../sustained.ts';

/** Whether the fleet became healthy after the fault and stayed so to the end of the watch. */
export type Mitigation =
  /** `harmless`: the thresholds never saw that anything was wrong. */
  | { readonly kind: 'healthy'; readonly since: Instant; readonly harmless: boolean }
  | { readonly kind: 'unhealthy' | 'unknown'; readonly complaint: Complaint };

/**
 * The start of the health that lasted to the end of the watch, by the rules that judge the runbook's own procedures. A
 * window of health in between does not count: what broke again was not cured.
 * @param from the fault took effect; without a fault, the steady state
 */
export function findMitigation(arm: ArmRecord, rules: HealthRules, from: Instant): Mitigation {
  const until = watchEnd(arm) ?? arm.last ?? from;
  const seen = arm.timeline.moments.filter(({ t }) => t >= from.t && t <= until.t);
  const lastSample = seen.findLast(({ sampled }) => sampled);
  if (!lastSample) return unknown('the queues were not sampled after the fault');
  if (isGap(lastSample, until)) return unknown('the queues were not sampled up to the end');
  const search = { fromT: from.t, untilT: until.t, lastingUntil: lastSample.s };
  const found = findSustained(arm.timeline.moments, rules, search);
  if (found.window) {
    const { t, s } = found.window.start;
    const harmless = !seen.some((moment) => moment.t <= t && complaintAt(moment, rules) !== undefined);
    return { kind: 'healthy', since: { t, s }, harmless: harmless && t === seen.find(({ sampled }) => sampled)?.t };
  }
  return { kind: found.complaint.unknown ? 'unknown' : 'unhealthy', complaint: found.complaint };
}

function unknown(text: string): Mitigation {
  return { kind: 'unknown', complaint: { text, unknown: true } };
}
