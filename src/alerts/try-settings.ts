import type { AlertRule } from '../runbook/runbook.ts';
import { machineProblem } from './alert-machine.ts';
import type { RecordedArm, Seen } from './alerts-input.ts';
import type { Cell } from './alerts-report.ts';
import { compareWith } from './apply-setting.ts';
import { detectWithEach, type RuleTimes } from './detect.ts';
import { evaluateChanges, type SteppedResult } from './evaluate-changes.ts';
import type { Comparison } from './inspect-expr.ts';
import { cellOf, healthOf } from './judge-alerts.ts';
import { timesOf } from './rule-times.ts';
import type { SweepGrid } from './sweep-grid.ts';
import type { SweepSource } from './sweep-input.ts';
import type { Setting, UncaughtFault } from './sweep-report.ts';

/** What the left side of the comparison returns in one arm. */
export interface LeftSide {
  readonly arm: RecordedArm;
  readonly result: SteppedResult | undefined;
  readonly problem: string | undefined;
}

/** A rule with one setting, and what the arms show of it. */
export interface TriedSetting extends Setting {
  readonly times: RuleTimes;
  /** In the order of the faults. */
  readonly cells: readonly Cell[];
  /** False alarms in one arm. */
  alarmsIn(arm: RecordedArm): number;
  /** Arms that show nothing of the rule with this threshold, because Prometheus refuses it. */
  readonly refused: readonly (UncaughtFault & { readonly by: RecordedArm })[];
}

/** Asks promtool for the left side, once for each arm. */
export async function evaluateLeftSide(
  { promtool, arms, evaluationMs, signal }: SweepSource,
  rule: AlertRule,
  { left }: Comparison,
): Promise<readonly LeftSide[]> {
  const sides: LeftSide[] = [];
  const ofLabels = machineProblem(rule.labels);
  const asked = { expr: left.text, intervalMs: timesOf(rule, evaluationMs).intervalMs };
  for (const arm of arms) {
    const empty = arm.segment.scrapes.length === 0 ? 'no metrics were recorded' : undefined;
    // Such an arm shows nothing, whatever promtool says.
    const useless = arm.truth.problem ?? empty;
    if (useless !== undefined) {
      sides.push({ arm, result: undefined, problem: useless });
      continue;
    }
    const [result] = await evaluateChanges(promtool, arm.segment, [asked], { signal });
    if (!result) throw new Error('promtool has no answer');
    const problem = 'problem' in result ? result.problem : ofLabels;
    sides.push({ arm, result: 'problem' in result || problem !== undefined ? undefined : result, problem });
  }
  return sides;
}

/** Runs our machine for each pair of the grid. promtool confirms the ones that count (confirm-settings.ts). */
export function trySettings(
  source: SweepSource,
  rule: AlertRule,
  comparison: Comparison,
  sides: readonly LeftSide[],
  faults: readonly string[],
  { thresholds, waitsMs }: SweepGrid,
): readonly TriedSetting[] {
  const base = timesOf(rule, source.evaluationMs);
  return thresholds.flatMap((threshold) => {
    const compared = sides.map(({ arm, result, problem }) => {
      const own = result && compareWith(result, comparison.operator, threshold);
      const detected = own && detectWithEach(arm.segment, own, base, waitsMs, arm.truth.fault);
      if (!detected || 'problem' in detected)
        return { arm, result: undefined, problem: detected?.problem ?? problem, withEach: undefined };
      return { arm, result: own, problem, withEach: detected.withEach };
    });
    const refused = compared.flatMap(({ arm, problem }, index) =>
      problem !== undefined && sides[index]?.result ? [{ by: arm, scenario: arm.truth.scenario, reason: problem }] : [],
    );
    return waitsMs.map((forMs, index): TriedSetting => {
      const times = { ...base, forMs };
      const seen = compared.map((one): Seen => ({ ...one, times, phases: one.withEach?.[index] }));
      const cells = faults.map((scenario) => cellOf(source, rule, scenario, seen));
      const alarms = new Map(seen.map((one) => [one.arm, healthOf([one]).alarms]));
      return { threshold, forMs, times, cells, alarmsIn: (arm) => alarms.get(arm) ?? 0, refused };
    });
  });
}
