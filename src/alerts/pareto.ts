/**
 * Which settings are worth a look. A setting dominates another if it is certainly not worse in any respect, and
 * certainly better in one. A fault that the recording cannot decide may turn out either way, so each criterion is an
 * interval: the best and the worst that it can be.
 *
 * - missed faults, then the worst detection
 * - missed faults, then the worst reset: to miss a fault is no way to clear sooner
 * - false alarms
 *
 * A setting that no other one dominates is on the front. With an unknown fault it is open: it may belong there.
 */
import type { CaughtFault, Setting, SettingResult, SweptPair } from './sweep-report.ts';

type Candidate = Setting & SettingResult;
/** One number after the other decides. */
type Criterion = readonly number[];

/** True if no other setting is better, and every fault is decided. */
export function isOnFront({ dominatedBy, unknown }: SweptPair): boolean {
  return dominatedBy === undefined && unknown.length === 0;
}

/** Compares each setting with all others. */
export function findFront(candidates: readonly Candidate[], present: Setting): readonly SweptPair[] {
  const measured = candidates.map((candidate) => ({
    candidate,
    best: bound(candidate, 0),
    worst: bound(candidate, 1),
  }));
  type Measured = (typeof measured)[number];
  const dominates = (one: Measured, other: Measured): boolean => {
    const orders = one.worst.map((criterion, index) => compare(criterion, other.best[index] ?? []));
    return orders.every((order) => order <= 0) && orders.some((order) => order < 0);
  };
  const front = measured.filter((one) => !measured.some((other) => dominates(other, one)));
  const ranked = front.toSorted((a, b) => rank(a.candidate, b.candidate, present));
  return measured.map((one) => {
    if (front.includes(one)) return { ...one.candidate, dominatedBy: undefined };
    const better = ranked.find((other) => dominates(other, one));
    if (!better) throw new Error('a setting off the front is dominated by one of the front');
    const { threshold, forMs } = better.candidate;
    return { ...one.candidate, dominatedBy: { threshold, forMs } };
  });
}

/** The setting to take: fewest missed faults, then false alarms, fastest detection and reset, smallest change. */
export function choose(pairs: readonly SweptPair[], present: Setting): SweptPair | undefined {
  const [best] = pairs
    .filter(({ caught, dominatedBy }) => caught.length > 0 && dominatedBy === undefined)
    .toSorted((a, b) => rank(a, b, present));
  return best;
}

function rank(one: Candidate, other: Candidate, present: Setting): number {
  return compare([...merits(one), ...distance(one, present)], [...merits(other), ...distance(other, present)]);
}

function merits(candidate: Candidate): Criterion {
  const [missed = 0, detectionMs = 0] = bound(candidate, 1)[0] ?? [];
  return [missed, candidate.falseAlarms + candidate.perhapsLoud.length, detectionMs, resetOf(candidate)];
}

function distance({ threshold, forMs }: Setting, present: Setting): Criterion {
  return [Math.abs(forMs - present.forMs), Math.abs(threshold - present.threshold)];
}

/**
 * @param how 0: each unknown fault is caught, at once when `for` is over. 1: each is missed. The others then decide the
 *   worst detection. That is exact, because a caught one would make fewer missed faults.
 */
function bound(candidate: Candidate, how: 0 | 1): readonly Criterion[] {
  const { caught, missed, unknown, falseAlarms, perhapsLoud, forMs } = candidate;
  const lost = missed.length + how * unknown.length;
  const detectionMs = Math.max(detectionOf({ caught }), how === 0 && unknown.length > 0 ? forMs : 0);
  return [[lost, detectionMs], [lost, resetOf({ caught })], [falseAlarms + how * perhapsLoud.length]];
}

/** The worst of the caught faults; 0 if there is none. */
export function detectionOf({ caught }: { readonly caught: readonly CaughtFault[] }): number {
  return Math.max(0, ...caught.map(({ detectionMs }) => detectionMs));
}

/** The worst of the caught faults with a recorded recovery. Infinity if an alert outlasts the recording. */
export function resetOf({ caught }: { readonly caught: readonly CaughtFault[] }): number {
  return Math.max(0, ...caught.map(({ resetMs, outlasts }) => (outlasts ? Infinity : (resetMs ?? 0))));
}

function compare(one: Criterion, other: Criterion): number {
  const index = one.findIndex((value, at) => value !== other[at]);
  return index === -1 ? 0 : (one[index] ?? 0) < (other[index] ?? 0) ? -1 : 1;
}
