import type { PlannedStep, ShownPattern } from '../../history/events.ts';
import type { Location } from '../../kernel/errors.ts';
import type { ArmRecord, ProcedureRecord } from '../../record/arm-record.ts';
import { countJobs } from '../../claims/queue-figures.ts';
import { busyMachine } from '../cpu-pressure.ts';
import { pairSteps } from '../../record/pair-steps.ts';
import type { Check, Finding } from '../run-report.ts';
import type { Moment } from '../../record/timeline.ts';
import { fail, inconclusive, isNonEmpty, pass, type ScenarioContext } from './check.ts';

/**
 * What a step's output must show, it must have shown: a diagnosis that looks past the fault leads nobody to its cure. Where it counts
 * jobs, the figure must be one that the queues themselves had while it ran.
 */
export function checkShows({ plan, treatment }: ScenarioContext): readonly Check[] {
  return pairSteps(plan, treatment)
    .filter(({ step }) => step.shows.length > 0)
    .map(({ step, record }) => checkStep(step, record, treatment));
}

function checkStep(step: PlannedStep, record: ProcedureRecord | undefined, arm: ArmRecord | undefined): Check {
  const id = `shows:${step.address}`;
  if (!record?.ended) return inconclusive(id, 'it was not run to its end');
  const { output, outputCut } = record.ended;
  const looked = step.shows.map((shown) => ({ shown, match: find(shown, output) }));
  const missing = looked.flatMap(({ shown, match }) => (match ? [] : [missed(shown, step, record)]));
  const compared = looked.map(({ shown, match }) =>
    compareCount(shown, match?.[1], record, arm?.timeline.moments ?? []),
  );
  const wrong = compared.flatMap((told) => (typeof told === 'object' ? [{ ...told, location: step.location }] : []));
  const findings: readonly Finding[] = [...missing, ...wrong];
  if (isNonEmpty(findings)) {
    if (wrong.length > 0) return fail(id, findings);
    if (outputCut) return inconclusive(id, 'its output was longer than what is kept', findings);
    // What it waits for and then looks at may not be there yet.
    const busy = busyMachine(arm);
    if (busy !== undefined) return inconclusive(id, `${busy}, so it proves nothing: ${findings[0].message}`, findings);
    return fail(id, findings);
  }
  const unknown = step.shows.find((_, index) => compared[index] === 'unknown');
  if (unknown) return inconclusive(id, `${unknown.means}: the record does not say how many jobs there were meanwhile`);
  return pass(id, `shows ${step.shows.map(({ means }) => means).join(', ')}`);
}

function find({ source, flags }: ShownPattern, output: string): RegExpExecArray | null {
  return new RegExp(source, flags.replaceAll(/[gy]/g, '')).exec(output);
}

function missed({ source, flags, means }: ShownPattern, step: PlannedStep, record: ProcedureRecord): Finding {
  const cause = causeOfMissing(source, record);
  return {
    message: `does not show ${means}: nothing matches /${source}/${flags}`,
    location: cause?.location ?? step.location,
    ...(cause ? { cause: cause.text } : {}),
  };
}

type Comparison = 'agrees' | 'unknown' | { readonly message: string };

/** A figure that was not printed is not compared: the pattern may match in another way than by the group. */
function compareCount(
  { counts, means }: ShownPattern,
  printed: string | undefined,
  record: ProcedureRecord,
  moments: readonly Moment[],
): Comparison {
  if (!counts || printed === undefined) return 'agrees';
  if (!/^\d+$/.test(printed)) return { message: `shows ${means} as "${printed}", which is no number of jobs` };
  let [least, most] = [Infinity, -Infinity];
  for (const moment of momentsAround(record, moments)) {
    const jobs = countJobs(moment, counts.queues, counts.states);
    if (jobs === undefined) return 'unknown';
    [least, most] = [Math.min(least, jobs), Math.max(most, jobs)];
  }
  if (most < least) return 'unknown';
  if (Number(printed) >= least && Number(printed) <= most) return 'agrees';
  const had = least === most ? String(least) : `${least} to ${most}`;
  return { message: `shows ${means}, but as ${printed}; Redis had ${had} meanwhile (${counts.states.join(' + ')})` };
}

/**
 * The moments from the last sample before the step until after it; none where they do not reach so far, or Redis was away in between. Of the
 * samples after it the first may have been read before it ended, the second was not.
 */
function momentsAround({ started, ended }: ProcedureRecord, moments: readonly Moment[]): readonly Moment[] {
  const from = moments.findLastIndex(({ t, sampled }) => sampled && t <= started.t);
  const isAfter = ({ t, sampled }: Moment): boolean => ended !== undefined && sampled && t >= ended.t;
  const first = moments.findIndex(isAfter);
  const until = moments.findIndex((moment, index) => index > first && isAfter(moment));
  const around = from === -1 || first === -1 || until === -1 ? [] : moments.slice(from, until + 1);
  return around.every(({ redisUp }) => redisUp) ? around : [];
}

function causeOfMissing(
  source: string,
  { commands }: ProcedureRecord,
): { readonly text: string; readonly location: Location } | undefined {
  const listing = commands.find(({ text }) => /^docker[ -]compose ps\b/.test(text) && !/\s(?:-a|--all)\b/.test(text));
  if (!listing || !/exited/i.test(source)) return undefined;
  return {
    text: '`docker compose ps` leaves out stopped containers unless it is told `--all`',
    location: listing.location,
  };
}
