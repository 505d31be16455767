import type { PlannedStep } from '../../history/events.ts';
import type { Location } from '../../kernel/errors.ts';
import type { ProcedureRecord } from '../arm-record.ts';
import { pairSteps } from '../pair-steps.ts';
import type { Check, Finding } from '../run-report.ts';
import { fail, inconclusive, isNonEmpty, pass, type ScenarioContext } from './check.ts';

/** What a step's output must show, it must have shown: a diagnosis that looks past the fault leads nobody to its cure. */
export function checkShows({ plan, treatment }: ScenarioContext): readonly Check[] {
  return pairSteps(plan, treatment)
    .filter(({ step }) => step.shows.length > 0)
    .map(({ step, record }) => checkStep(step, record));
}

function checkStep(step: PlannedStep, record: ProcedureRecord | undefined): Check {
  const id = `shows:${step.address}`;
  if (!record?.ended) return inconclusive(id, 'it was not run to its end');
  const { output, outputCut } = record.ended;
  const missing = step.shows.filter(
    ({ source, flags }) => !new RegExp(source, flags.replaceAll(/[gy]/g, '')).test(output),
  );
  const findings = missing.map(({ source, flags, means }): Finding => {
    const cause = causeOfMissing(source, record);
    return {
      message: `does not show ${means}: nothing matches /${source}/${flags}`,
      location: cause?.location ?? step.location,
      ...(cause ? { cause: cause.text } : {}),
    };
  });
  if (!isNonEmpty(findings)) return pass(id, `shows ${step.shows.map(({ means }) => means).join(', ')}`);
  if (outputCut) return inconclusive(id, 'its output was longer than what is kept', findings);
  return fail(id, findings);
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
