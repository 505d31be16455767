import type { PlannedStep, WallMet } from '../../history/events.ts';
import type { ArmRecord, Instant, ProcedureRecord } from '../../record/arm-record.ts';
import { locationAt, procedureAt } from '../blame.ts';
import type { Check, Finding } from '../run-report.ts';
import { count, fail, inconclusive, isNonEmpty, pass, type ScenarioContext } from './check.ts';

const id = 'walls';

type Refused = WallMet & Instant;

/**
 * No procedure may reach for anything but its own sandbox. What the wall refused fails the scenario, on the line of the command that ran
 * then, unless the scenario expects it; and what the scenario expects must have been refused, or there is a hole.
 */
export function checkWalls(context: ScenarioContext): Check {
  const { plan, treatment, control } = context;
  if (!treatment) return inconclusive(id, 'the arm was not run');
  const own = [...plan.diagnosis, ...plan.recovery, ...(plan.maintenance ?? [])];
  const steps = [...own, ...plan.control.instead];
  const findings = [
    ...findingsOf(treatment, steps),
    ...(control ? findingsOf(control, steps) : []),
    ...unmet(treatment, own),
  ];
  if (isNonEmpty(findings)) return fail(id, findings);
  const expected = treatment.wall.filter(({ outcome }) => outcome === 'refused').length;
  return pass(
    id,
    expected === 0
      ? 'no procedure reached for anything beyond its sandbox'
      : `${count(expected, 'attempt')} to reach beyond the sandbox refused, as expected`,
  );
}

function findingsOf(arm: ArmRecord, steps: readonly PlannedStep[]): readonly Finding[] {
  const seen = new Set<string>();
  return arm.wall
    .filter(({ outcome }) => outcome === 'refused')
    .flatMap((refused) => {
      const procedure = procedureAt(arm, refused.t);
      if (procedure && isExpected(refused, procedure, steps)) return [];
      const location = locationAt(arm, refused.t);
      const finding = { message: `tried to ${refused.attempt}`, ...(location ? { location } : {}) };
      // A client that tries again and again has tried one thing.
      const key = JSON.stringify(finding);
      if (seen.has(key)) return [];
      seen.add(key);
      return [finding];
    });
}

function isExpected({ attempt }: Refused, { started }: ProcedureRecord, steps: readonly PlannedStep[]): boolean {
  return steps
    .filter(({ address }) => address === started.address)
    .some(({ refused = [] }) => refused.some((pattern) => matches(pattern, attempt)));
}

function unmet(arm: ArmRecord, steps: readonly PlannedStep[]): readonly Finding[] {
  return steps.flatMap(({ address, location, refused = [] }) =>
    refused
      .filter(
        (pattern) =>
          !arm.wall.some(
            (met) =>
              met.outcome === 'refused' &&
              procedureAt(arm, met.t)?.started.address === address &&
              matches(pattern, met.attempt),
          ),
      )
      .map(({ source, flags }) => ({
        message: `was to be refused what matches /${source}/${flags}, and was not`,
        location,
      })),
  );
}

function matches({ source, flags }: { readonly source: string; readonly flags: string }, text: string): boolean {
  return new RegExp(source, flags.replaceAll(/[gy]/g, '')).test(text);
}
