import type { PlannedStep, ShownPattern } from '../../history/events.ts';
import { redactedMark } from '../../history/redaction.ts';
import { defined } from '../../kernel/defined.ts';
import type { Location } from '../../kernel/errors.ts';
import type { ArmRecord, ProcedureRecord } from '../../record/arm-record.ts';
import { pairSteps } from '../../record/pair-steps.ts';
import type { Moment } from '../../record/timeline.ts';
import { busyMachine } from '../../record/cpu-pressure.ts';
import type { Check, Finding } from '../run-report.ts';
import { excused, fail, inconclusive, isNonEmpty, pass, type ScenarioCheck } from './check.ts';
import { compareCount } from './shown-count.ts';

/**
 * The output of a step must show what the scenario says it shows: a diagnosis that does not show the fault does not
 * lead to the cure. A number of jobs must be one that the queues themselves had while the step ran.
 */
export const shows: ScenarioCheck = {
  id: 'shows',
  about: ['treatment'],
  final: true,
  run({ plan, treatment }) {
    return pairSteps(plan, treatment)
      .filter(({ step }) => step.shows.length > 0)
      .map(({ step, record }) => checkStep(`shows:${step.address}`, step, record, treatment));
  },
};

function checkStep(
  id: string,
  step: PlannedStep,
  record: ProcedureRecord | undefined,
  arm: ArmRecord | undefined,
): Check {
  if (!record?.ended) return inconclusive(id, 'it was not run to its end');
  const { output, outputCut } = record.ended;
  if (output.includes(redactedMark)) return inconclusive(id, 'its output was redacted, so it cannot be judged');
  const looked = step.shows.map((shown) => ({ shown, match: find(shown, output) }));
  const missing = looked.flatMap(({ shown, match }) => (match ? [] : [missed(shown, step, record)]));
  const compared = looked.map(({ shown, match }) => ({
    means: shown.means,
    count: compareCount(shown, match?.[1], record, moments(arm)),
  }));
  const wrong = compared.flatMap(({ count }) =>
    typeof count === 'object' ? [{ ...count, location: step.location }] : [],
  );
  const findings: readonly Finding[] = [...missing, ...wrong];
  if (isNonEmpty(findings)) {
    if (wrong.length > 0) return fail(id, findings);
    if (outputCut) return inconclusive(id, 'its output was longer than what is kept', findings);
    // A block that waits for something and then prints it may have printed too early.
    const busy = busyMachine(arm);
    return busy === undefined ? fail(id, findings) : excused(id, busy, findings[0].message, findings);
  }
  const unknown = compared.find(({ count }) => count === 'unknown');
  if (unknown) return inconclusive(id, `${unknown.means}: the record does not say how many jobs there were meanwhile`);
  return pass(id, `shows ${step.shows.map(({ means }) => means).join(', ')}`);
}

function moments(arm: ArmRecord | undefined): readonly Moment[] {
  return arm?.timeline.moments ?? [];
}

function find({ source, flags }: ShownPattern, output: string): RegExpExecArray | null {
  return new RegExp(source, flags.replaceAll(/[gy]/g, '')).exec(output);
}

function missed({ source, flags, means }: ShownPattern, step: PlannedStep, record: ProcedureRecord): Finding {
  const cause = causeOfMissing(source, record);
  return {
    message: `does not show ${means}: nothing matches /${source}/${flags}`,
    location: cause?.location ?? step.location,
    ...defined({ cause: cause?.text }),
  };
}

function causeOfMissing(
  source: string,
  { commands }: ProcedureRecord,
): { readonly text: string; readonly location: Location } | undefined {
  const listing = commands.find(({ text }) => /^docker[ -]compose ps\b/.test(text) && !/\s(?:-a|--all)\b/.test(text));
  if (!listing || !/exited/i.test(source)) return undefined;
  return { text: '`docker compose ps` lists stopped containers only with `--all`', location: listing.location };
}
