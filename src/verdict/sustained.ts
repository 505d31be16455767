import { complaintAt, isGap, outOfRange, type Complaint, type HealthRules } from './health.ts';
import { isWithin } from '../record/ranges.ts';
import type { Moment } from '../record/timeline.ts';
import { progressIndex, standstillComplaint, stuckComplaint } from './queue-progress.ts';

/** A stretch of healthy moments. */
export interface Window {
  readonly start: Moment;
  readonly end: Moment;
}

export interface Search {
  /** No window begins earlier, and progress counts from here. Real ms since the run's start. */
  readonly fromT: number;
  /** Later moments are ignored. Real ms since the run's start. */
  readonly untilT: number;
  /** The window must reach at least until then, sandbox ms since 1970. */
  readonly lastingUntil: number;
}

export type Sustained =
  | { readonly window: Window }
  | { readonly window: undefined; readonly complaint: Complaint; readonly longestMs: number };

/**
 * Finds the earliest window of at least `sustainMs` in which health holds without a gap: every moment is healthy, no
 * service restarted, and samples are close enough together. Over the window as a whole:
 *
 * - `rate`: completions of the fleet per sandbox second are within the normal range.
 * - `failed`: final failures of the fleet, extrapolated to a sandbox hour, are within the normal range.
 * - Every affected queue that had work since `fromT` completed some of it by the window's end.
 * - No affected queue had work all through the last two thirds of `sustainMs` and completed none of it.
 *
 * Without such a window, `complaint` is the last obstacle and `longestMs` how long health held at best.
 */
export function findSustained(moments: readonly Moment[], rules: HealthRules, search: Search): Sustained {
  const seen = moments.filter(({ t }) => t >= search.fromT && t <= search.untilT);
  const complaints = seen.map((moment) => complaintAt(moment, rules));
  const stretchEnd = stretchEnds(seen, complaints, rules);
  const stuckUntil = progressIndex(seen, rules.queues);
  let complaint = complaints.findLast((found) => found !== undefined);
  let longestMs = 0;
  let end = 0;
  for (const [start, moment] of seen.entries()) {
    if (!moment.sampled || complaints[start]) continue;
    const last = stretchEnd[start] ?? start;
    longestMs = Math.max(longestMs, (seen[last]?.s ?? moment.s) - moment.s);
    const requiredS = Math.max(moment.s + rules.sustainMs, search.lastingUntil);
    while (end < seen.length && !isSampledAt(seen[end], requiredS)) end += 1;
    const closing = seen[end];
    if (!closing || end > last) continue;
    const found =
      windowComplaint({ start: moment, end: closing }, rules) ??
      stuckComplaint(stuckUntil, end) ??
      standstillComplaint(seen, end, rules);
    if (!found) return { window: { start: moment, end: closing } };
    complaint = found;
  }
  const unhealthyAtEnd = complaints.at(-1);
  return { window: undefined, complaint: unhealthyAtEnd ?? complaint ?? noRecord(seen, longestMs, rules), longestMs };
}

/**
 * How long health has held at the end of these moments, measured from sample to sample, sandbox ms. Undefined if the
 * last
 * moment is not healthy.
 */
export function wellForMs(moments: readonly Moment[], rules: HealthRules): number | undefined {
  const last = moments.at(-1);
  if (!last || complaintAt(last, rules)) return undefined;
  const complaints = moments.map((moment) => complaintAt(moment, rules));
  const begins = stretchEnds(moments, complaints, rules).indexOf(moments.length - 1);
  const samples = moments.slice(begins).filter(({ sampled }) => sampled);
  const [first, end] = [samples[0], samples.at(-1)];
  return first && end ? end.s - first.s : 0;
}

/**
 * A fleet that was well within this time may be about to recover: it has healthy moments while it works off a
 * backlog.
 */
export function lately({ sustainMs }: HealthRules): number {
  return sustainMs / 2;
}

/**
 * How long before their end the last healthy one of these moments was, sandbox ms. Undefined if none was. A moment at
 * which an affected queue stood still is not healthy.
 */
export function sinceWellMs(moments: readonly Moment[], rules: HealthRules): number | undefined {
  const well = moments.findLast(
    (moment, index) => !complaintAt(moment, rules) && !standstillComplaint(moments, index, rules),
  );
  return well && (moments.at(-1) ?? well).s - well.s;
}

function isSampledAt(moment: Moment | undefined, s: number): boolean {
  return moment !== undefined && moment.sampled && moment.s >= s;
}

function noRecord(seen: readonly Moment[], longestMs: number, rules: HealthRules): Complaint {
  if (seen.length === 0) return { text: 'nothing was sampled', unknown: true };
  const text = `health was watched for ${Math.round(longestMs / 1000)} s at a stretch, ${Math.round(rules.sustainMs / 1000)} s are needed`;
  return { text, unknown: true };
}

/** For each moment, the index of the last moment up to which health holds without an interruption. */
function stretchEnds(
  seen: readonly Moment[],
  complaints: readonly (Complaint | undefined)[],
  rules: HealthRules,
): readonly number[] {
  const ends = Array.from<number>({ length: seen.length });
  let last = seen.length - 1;
  let nextSample: Moment | undefined;
  for (let index = seen.length - 1; index >= 0; index -= 1) {
    const moment = seen[index];
    const next = seen[index + 1];
    if (!moment) continue;
    const gap = moment.sampled && nextSample !== undefined && isGap(moment, nextSample);
    if (complaints[index] || complaints[index + 1] || gap || (next && restarted(moment, next, rules.services)))
      last = index;
    ends[index] = last;
    if (moment.sampled) nextSample = moment;
  }
  return ends;
}

function restarted(before: Moment, after: Moment, services: readonly string[]): boolean {
  return before.containers !== after.containers && fingerprint(before, services) !== fingerprint(after, services);
}

function fingerprint({ containers }: Moment, services: readonly string[]): string {
  const ours = containers.filter(({ service }) => services.includes(service));
  return JSON.stringify(ours.map(({ name, restarts, startedAt }) => `${name} ${restarts} ${startedAt}`).toSorted());
}

function windowComplaint({ start, end }: Window, rules: HealthRules): Complaint | undefined {
  const seconds = Math.max(end.s - start.s, 1) / 1000;
  const rate = (end.totals.completed - start.totals.completed) / seconds;
  const failed = ((end.totals.failures - start.totals.failures) / seconds) * 3600;
  const span = `over ${Math.round(seconds)} s`;
  const [rateRow, failedRow] = [rules.thresholds.get('rate'), rules.thresholds.get('failed')];
  if (rateRow && !isWithin(rateRow.normal, rate))
    return outOfRange(`the processing rate ${span}, in jobs a second,`, rate, rateRow);
  if (failedRow && !isWithin(failedRow.normal, failed))
    return outOfRange(`failed jobs an hour, extrapolated from ${span},`, failed, failedRow);
  return undefined;
}
