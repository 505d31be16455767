import { countJobs } from '../../claims/queue-figures.ts';
import type { ShownPattern } from '../../history/events.ts';
import type { ProcedureRecord } from '../../record/arm-record.ts';
import type { Moment } from '../../record/timeline.ts';

/** How a printed number compares with the queues: what is wrong with it, or a word. */
export type Comparison = 'agrees' | 'unknown' | { readonly message: string };

/**
 * Compares a number of jobs that a step printed with what the queues had meanwhile. A pattern may match without its
 * group; then no number was printed and nothing is compared.
 */
export function compareCount(
  { counts, means }: ShownPattern,
  printed: string | undefined,
  record: ProcedureRecord,
  moments: readonly Moment[],
): Comparison {
  if (!counts || printed === undefined) return 'agrees';
  if (!/^\d+$/.test(printed)) return { message: `shows ${means} as "${printed}", which is not a number of jobs` };
  let [least, most] = [Infinity, -Infinity];
  for (const moment of momentsAround(record, moments)) {
    const jobs = countJobs(moment, counts.queues, counts.states);
    if (jobs === undefined) return 'unknown';
    [least, most] = [Math.min(least, jobs), Math.max(most, jobs)];
  }
  if (most < least) return 'unknown';
  if (Number(printed) >= least && Number(printed) <= most) return 'agrees';
  const had = least === most ? String(least) : `${least} to ${most}`;
  return { message: `shows ${means} as ${printed}; Redis had ${had} meanwhile (${counts.states.join(' + ')})` };
}

/**
 * From the last sample before the step to the second sample after it. The first sample after it may have been read
 * before the step ended. Empty if the samples do not reach that far, or if Redis was away in between.
 */
function momentsAround({ started, ended }: ProcedureRecord, moments: readonly Moment[]): readonly Moment[] {
  const from = moments.findLastIndex(({ t, sampled }) => sampled && t <= started.t);
  const isAfter = ({ t, sampled }: Moment): boolean => ended !== undefined && sampled && t >= ended.t;
  const first = moments.findIndex(isAfter);
  const until = moments.findIndex((moment, index) => index > first && isAfter(moment));
  const around = from === -1 || first === -1 || until === -1 ? [] : moments.slice(from, until + 1);
  return around.every(({ redisUp }) => redisUp) ? around : [];
}
