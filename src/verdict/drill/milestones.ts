import { defined } from '../../kernel/defined.ts';
import type { ArmRecord, Instant } from '../../record/arm-record.ts';
import type { DrillRecord } from '../../record/drill-record.ts';
import { instantOf } from '../report-parts.ts';
import { milestoneNames, type Debrief, type MilestoneName } from './debrief.ts';

export type Milestones = { readonly [Name in MilestoneName]: Instant | undefined } & {
  /** The onset lies between this moment and `onset`. */
  readonly injecting: Instant | undefined;
};

/**
 * The milestones of a drill. What the player said counts from the first time it was said.
 * @param found the first right answer
 * @param mitigated by the judge, not by the player
 */
export function findMilestones(
  drill: DrillRecord,
  arm: ArmRecord | undefined,
  { found, mitigated }: { readonly found: Instant | undefined; readonly mitigated: Instant | undefined },
): Milestones {
  const onset = arm?.proved?.bit ? arm.proved : undefined;
  return {
    injecting: arm?.injecting,
    onset,
    paged: drill.pages[0],
    acked: drill.acked[0],
    declared: drill.declared.find(({ t }) => onset === undefined || t >= onset.t),
    found,
    mitigated,
    resolved: drill.ended?.how === 'resolved' ? drill.ended : undefined,
  };
}

export function milestonesOf(stones: Milestones): Debrief['milestones'] {
  return milestoneNames.map((name) => {
    const at = stones[name];
    const notBefore = name === 'onset' && at && stones.injecting ? instantOf(stones.injecting) : undefined;
    return { name, at: at ? instantOf(at) : null, ...defined({ notBefore }) };
  });
}

/** The first sign that the player knew: an acknowledgement, a declaration or an answer. */
export function noticedAt({ acked, declared, found }: Milestones): Instant | undefined {
  const signs = [acked, declared, found].filter((sign) => sign !== undefined);
  return signs.toSorted((a, b) => a.t - b.t)[0];
}

/** By what the player noticed: the page, a customer's complaint, or the player alone. */
export function detectedBy(drill: DrillRecord, stones: Milestones): Debrief['detectedBy'] {
  const noticed = noticedAt(stones);
  if (!noticed || !stones.onset) return null;
  const paged = drill.pages.findLast(({ t }) => t <= noticed.t);
  if (!paged) return 'player';
  return paged.source === 'customer' ? 'customer' : 'page';
}

/** The named times between milestones. Resolution does not end before mitigation does. */
export function pairsOf(drill: DrillRecord, stones: Milestones): Debrief['pairs'] {
  const { onset, paged, acked, found, mitigated, resolved } = stones;
  const took = (from: Instant | undefined, to: Instant | undefined) =>
    from && to ? drill.rates.between(from, to) : null;
  const closed = resolved && mitigated && resolved.t < mitigated.t ? mitigated : mitigated && resolved;
  return [
    { name: 'detection', short: 'TTD', from: 'onset', to: 'noticed', took: took(onset, noticedAt(stones)) },
    { name: 'acknowledgement', short: 'TTA', from: 'paged', to: 'acked', took: took(paged, acked) },
    { name: 'identification', short: 'TTI', from: 'onset', to: 'found', took: took(onset, found) },
    { name: 'mitigation', short: 'TTM', from: 'onset', to: 'mitigated', took: took(onset, mitigated) },
    { name: 'resolution', short: 'TTR', from: 'onset', to: 'resolved', took: took(onset, closed) },
  ];
}
