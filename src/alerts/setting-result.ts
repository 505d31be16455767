import type { RecordedArm } from './alerts-input.ts';
import type { Cell } from './alerts-report.ts';
import type { SweepInput } from './sweep-input.ts';
import type { CaughtFault, SettingResult, UncaughtFault } from './sweep-report.ts';
import type { TriedSetting } from './try-settings.ts';

/**
 * What a setting does for these faults.
 * @param arms where false alarms count
 */
export function resultOn(
  setting: TriedSetting,
  { rule, expectations }: SweepInput,
  scenarios: readonly string[],
  arms: readonly RecordedArm[],
): SettingResult {
  const { cells } = setting;
  const own = cells.filter(({ scenario }) => scenarios.includes(scenario));
  const quiet = expectations.flatMap((one) => (one.quiet.includes(rule.name) ? [one.scenario] : []));
  const unwanted = cells.filter(
    ({ scenario }) => quiet.includes(scenario) && arms.some(({ truth }) => truth.scenario === scenario),
  );
  const unknown = own.filter(({ outcome }) => outcome === 'unknown').map(uncaught);
  const loud = unwanted.filter(({ outcome }) => outcome === 'fired' || outcome === 'late').length;
  const refused = setting.refused.filter(({ by }) => arms.includes(by)).map(uncaught);
  const others = refused.filter(({ scenario }) => unknown.every((one) => one.scenario !== scenario));
  const open = [...unwanted.filter(({ outcome }) => outcome === 'unknown').map(uncaught), ...others];
  const perhaps = new Map(open.map((one) => [one.scenario, one]));
  return {
    caught: own.flatMap((cell) => caughtBy(cell, arms)),
    missed: own.filter(({ outcome }) => outcome === 'quiet' || outcome === 'late').map(uncaught),
    unknown,
    falseAlarms: loud + arms.reduce((sum, arm) => sum + setting.alarmsIn(arm), 0),
    perhapsLoud: [...perhaps.values()],
  };
}

function uncaught({ scenario, reason }: UncaughtFault): UncaughtFault {
  return { scenario, reason };
}

function caughtBy({ scenario, outcome, firing, arm }: Cell, arms: readonly RecordedArm[]): readonly CaughtFault[] {
  if (outcome !== 'fired' || !firing) return [];
  const recovered = arms.some(
    ({ truth }) => truth.scenario === scenario && truth.arm === arm && truth.fault?.recovered === true,
  );
  const resetMs = firing.clearedMs?.worst;
  return [{ scenario, detectionMs: firing.delayMs.worst, resetMs, outlasts: recovered && resetMs === undefined }];
}
