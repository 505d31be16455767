import type { Arm, RunStarted, ScenarioPlan } from '../../history/events.ts';
import { reasonOf } from '../../kernel/reason-of.ts';
import type { ArmRecord } from '../../record/arm-record.ts';
import type { HealthRules } from '../health.ts';
import type { Check, Finding } from '../run-report.ts';

/** What the checks of one scenario look at. */
export interface ScenarioContext {
  readonly run: RunStarted;
  readonly plan: ScenarioPlan;
  readonly rules: HealthRules;
  readonly treatment: ArmRecord | undefined;
  readonly control: ArmRecord | undefined;
}

/**
 * One entry of the table of checks (`checks.ts`). It yields one check with its id, or several whose ids begin with
 * `<id>:`, such as `symptom:1` and `symptom:2`.
 */
export interface ScenarioCheck {
  readonly id: string;
  /** The arms that it looks at. Empty: only the plan. */
  readonly about: readonly Arm[];
  /** Whether the scenario gives it anything to judge. Absent: always. */
  appliesTo?(plan: ScenarioPlan): boolean;
  /** If it does not pass, nothing can be said about the procedure. */
  readonly premise?: true;
  /** It asks whether something happened in time. On a machine that is too busy, its failure proves nothing. */
  readonly timeBound?: true;
  /** Nothing that happens later in the arm can take its failure back. */
  readonly final?: true;
  run(context: ScenarioContext): Check | readonly Check[];
}

export function pass(id: string, message: string): Check {
  return { id, verdict: 'pass', message, locations: [], findings: [] };
}

export function inconclusive(id: string, message: string, findings: readonly Finding[] = []): Check {
  return { id, verdict: 'inconclusive', message, ...evidence(findings) };
}

/** The message is that of the first finding. */
export function fail(id: string, findings: readonly [Finding, ...Finding[]]): Check {
  const more = findings.length > 1 ? ` (and ${findings.length - 1} more)` : '';
  return { id, verdict: 'fail', message: `${findings[0].message}${more}`, ...evidence(findings) };
}

/** What failed may have failed for this reason alone, so it becomes inconclusive. Other verdicts stay. */
export function excuse(check: Check, reason: string): Check {
  return check.verdict === 'fail' ? excused(check.id, reason, check.message, check.findings) : check;
}

/** Inconclusive instead of failed. */
export function excused(id: string, reason: string, message: string, findings: readonly Finding[]): Check {
  return inconclusive(id, `${reason}, so it proves nothing: ${message}`, findings);
}

function evidence(findings: readonly Finding[]): Pick<Check, 'locations' | 'findings'> {
  return { locations: findings.flatMap(({ location }) => location ?? []), findings: [...findings] };
}

/** Runs a check. If it throws, it proves nothing either way: inconclusive. */
export function attempt(id: string, check: () => Check | readonly Check[]): readonly Check[] {
  try {
    const result = check();
    return 'verdict' in result ? [result] : result;
  } catch (error) {
    return [inconclusive(id, `the check itself broke: ${reasonOf(error)}`)];
  }
}

export function isNonEmpty<T>(list: readonly T[]): list is readonly [T, ...T[]] {
  return list.length > 0;
}
