import type { RunStarted, ScenarioPlan } from '../../history/events.ts';
import type { ArmRecord } from '../../record/arm-record.ts';
import type { HealthRules } from '../health.ts';
import type { Check, Finding } from '../run-report.ts';

export { count, seconds } from '../../kernel/words.ts';

/** What the checks of one scenario look at. */
export interface ScenarioContext {
  readonly run: RunStarted;
  readonly plan: ScenarioPlan;
  readonly rules: HealthRules;
  readonly treatment: ArmRecord | undefined;
  readonly control: ArmRecord | undefined;
}

export function pass(id: string, message: string): Check {
  return { id, verdict: 'pass', message, locations: [], findings: [] };
}

export function inconclusive(id: string, message: string, findings: readonly Finding[] = []): Check {
  return { id, verdict: 'inconclusive', message, ...evidence(findings) };
}

/** A failure always says why: its message is the first finding's unless one is given. */
export function fail(id: string, findings: readonly [Finding, ...Finding[]], message?: string): Check {
  const more = findings.length > 1 ? ` (and ${findings.length - 1} more)` : '';
  return { id, verdict: 'fail', message: message ?? `${findings[0].message}${more}`, ...evidence(findings) };
}

function evidence(findings: readonly Finding[]): Pick<Check, 'locations' | 'findings'> {
  return { locations: findings.flatMap(({ location }) => location ?? []), findings: [...findings] };
}

/** Runs a check; one that throws could not be carried out, which proves nothing either way. */
export function attempt(id: string, check: () => Check | readonly Check[]): readonly Check[] {
  try {
    const result = check();
    return 'verdict' in result ? [result] : result;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return [inconclusive(id, `the check itself broke: ${reason}`)];
  }
}

export function isNonEmpty<T>(list: readonly T[]): list is readonly [T, ...T[]] {
  return list.length > 0;
}
