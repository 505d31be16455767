import type { PlannedStep, WallMet } from '../../history/events.ts';
import { defined } from '../../kernel/defined.ts';
import { count } from '../../kernel/words.ts';
import type { ArmRecord, Instant, ProcedureRecord } from '../../record/arm-record.ts';
import { locationAt, procedureAt } from '../blame.ts';
import type { Finding } from '../run-report.ts';
import { fail, inconclusive, isNonEmpty, pass, type ScenarioCheck } from './check.ts';

const id = 'walls';

/**
 * No procedure may reach beyond its own sandbox. An attempt that the wall refused, or carried out for the sandbox
 * only, fails the scenario, on the line of the command that ran then, unless the scenario expects it. An attempt that
 * the scenario expects must have met the wall; otherwise the wall has a hole.
 */
export const walls: ScenarioCheck = {
  id,
  about: ['treatment', 'control'],
  final: true,
  run({ plan, treatment, control }) {
    if (!treatment) return inconclusive(id, 'the arm was not run');
    const own = [...plan.diagnosis, ...plan.recovery, ...(plan.maintenance ?? [])];
    const steps = [...own, ...plan.control.instead];
    const findings = [
      ...attempts(treatment, steps),
      ...(control ? attempts(control, steps) : []),
      ...notRefused(treatment, own),
    ];
    if (isNonEmpty(findings)) return fail(id, findings);
    const expected = treatment.wall.filter(reachesBeyond).length;
    return pass(
      id,
      expected === 0
        ? 'no procedure tried to reach beyond its sandbox'
        : `${count(expected, 'attempt')} to reach beyond the sandbox refused, as expected`,
    );
  },
};

type Refused = WallMet & Instant;

function reachesBeyond({ outcome }: WallMet): boolean {
  return outcome === 'refused' || outcome === 'narrowed';
}

function attempts(arm: ArmRecord, steps: readonly PlannedStep[]): readonly Finding[] {
  const seen = new Set<string>();
  return arm.wall.filter(reachesBeyond).flatMap((refused) => {
    const procedure = procedureAt(arm, refused.t);
    if (procedure && isExpected(refused, procedure, steps)) return [];
    const location = locationAt(arm, refused.t);
    const finding = { message: `tried to ${refused.attempt}`, ...defined({ location }) };
    // A client may retry many times; that is one attempt.
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

/** What a step should have been refused, and was not. */
function notRefused(arm: ArmRecord, steps: readonly PlannedStep[]): readonly Finding[] {
  return steps.flatMap(({ address, location, refused = [] }) =>
    refused
      .filter((pattern) => !arm.wall.some((met) => wasRefused(met, address, pattern, arm)))
      .map(({ source, flags }) => ({
        message: `expected to be refused: /${source}/${flags}; the wall refused nothing like it`,
        location,
      })),
  );
}

function wasRefused(met: Refused, address: string, pattern: Pattern, arm: ArmRecord): boolean {
  return reachesBeyond(met) && procedureAt(arm, met.t)?.started.address === address && matches(pattern, met.attempt);
}

type Pattern = NonNullable<PlannedStep['refused']>[number];

function matches({ source, flags }: Pattern, text: string): boolean {
  return new RegExp(source, flags.replaceAll(/[gy]/g, '')).test(text);
}
