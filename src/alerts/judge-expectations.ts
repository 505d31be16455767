import type { Location } from '../kernel/errors.ts';
import type { Verdict } from '../kernel/verdict.ts';
import type { Cell, Finding, RuleReport } from './alerts-report.ts';
import { seconds } from './say-time.ts';

/** What a scenario says about alerts. Times are sandbox ms. */
export interface AlertExpectation {
  readonly scenario: string;
  /** By the name of the alert: how long after the fault it may take. */
  readonly fire: Readonly<Record<string, number>>;
  readonly quiet: readonly string[];
  readonly clearMs: number | undefined;
  readonly location: Location;
}

interface Judged {
  readonly verdict: Verdict;
  readonly finding: Finding | undefined;
}

/** Judges what the scenarios say. Alerts that no rule has are refused before (`unknownAlerts`). */
export function judgeExpectations(
  expectations: readonly AlertExpectation[],
  rules: readonly Pick<RuleReport, 'name' | 'cells'>[],
): readonly Judged[] {
  return expectations.flatMap((expectation) =>
    rules.flatMap(({ name, cells }) => {
      const cell = cells.find(({ scenario }) => scenario === expectation.scenario);
      return cell ? judgeRule(name, cell, expectation) : [];
    }),
  );
}

function judgeRule(name: string, cell: Cell, { fire, quiet, clearMs, location }: AlertExpectation): readonly Judged[] {
  const say = (verdict: Verdict, message: string): Judged => ({
    verdict,
    finding: {
      id: 'expected',
      severity: verdict === 'fail' ? 'fail' : 'note',
      message: `${cell.scenario}: ${message}`,
      locations: [location],
    },
  });
  const passed: Judged = { verdict: 'pass', finding: undefined };
  const judged: Judged[] = [];
  const withinMs = fire[name];
  if (withinMs !== undefined) {
    if (cell.outcome === 'unknown')
      judged.push(say('inconclusive', `whether ${name} fires is unknown: ${cell.reason}`));
    else
      judged.push(
        cell.outcome === 'fired'
          ? passed
          : say('fail', `${name} must fire within ${seconds(withinMs)}, but ${cell.reason}`),
      );
  }
  if (quiet.includes(name)) {
    if (cell.outcome === 'unknown')
      judged.push(say('inconclusive', `whether ${name} stays quiet is unknown: ${cell.reason}`));
    else judged.push(cell.outcome === 'quiet' ? passed : say('fail', `${name} must stay quiet, but ${cell.reason}`));
  }
  if (clearMs !== undefined && cell.firing) {
    const worst = cell.firing.clearedMs?.worst;
    if (worst === undefined)
      judged.push(say('inconclusive', `when ${name} clears is unknown: the recording ends before`));
    else if (worst > clearMs)
      judged.push(say('fail', `${name} must clear within ${seconds(clearMs)}, but takes ${seconds(worst)}`));
    else judged.push(passed);
  }
  return judged;
}

/** The first alert that a scenario names and no rule has. */
export function unknownAlert(
  expectations: readonly AlertExpectation[],
  names: readonly string[],
): { readonly name: string; readonly location: Location } | undefined {
  for (const { fire, quiet, location } of expectations) {
    const name = [...Object.keys(fire), ...quiet].find((one) => !names.includes(one));
    if (name !== undefined) return { name, location };
  }
  return undefined;
}
