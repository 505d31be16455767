import { DrillbookError } from '../kernel/errors.ts';
import type { AlertRule } from '../runbook/runbook.ts';
import { runMachine, SameAlertError } from './alert-machine.ts';
import { compareWith, ruleWith } from './apply-setting.ts';
import { evaluateAlerts } from './evaluate.ts';
import type { Comparison } from './inspect-expr.ts';
import { timesOf } from './rule-times.ts';
import type { SweepSource } from './sweep-input.ts';
import type { Setting } from './sweep-report.ts';
import type { AlertTimeline } from './timeline.ts';
import type { LeftSide } from './try-settings.ts';

/**
 * Has promtool evaluate the rule with each of these settings in each arm.
 * @param phaseOf the evaluation phase at which to look at an arm, ms
 * @returns how many timelines agreed, and why promtool could not evaluate the rule, if so
 * @throws DrillbookError `ALERTS_DISAGREE` if one differs from that of our machine
 */
export async function confirmSettings(
  { promtool, evaluationMs, signal }: Pick<SweepSource, 'promtool' | 'evaluationMs' | 'signal'>,
  rule: AlertRule,
  comparison: Comparison,
  sides: readonly LeftSide[],
  settings: readonly Setting[],
  phaseOf: (side: LeftSide) => number,
): Promise<{ readonly confirmed: number; readonly problem: string | undefined }> {
  const base = timesOf(rule, evaluationMs);
  const rules = settings.map((setting) => ruleWith(rule, comparison, setting));
  let confirmed = 0;
  let problem: string | undefined;
  for (const side of sides) {
    const { arm, result } = side;
    if (!result) continue;
    const grid = { intervalMs: base.intervalMs, phaseMs: phaseOf(side) };
    const outcomes = await evaluateAlerts(promtool, arm.segment, rules, grid, { signal });
    for (const [index, outcome] of outcomes.entries()) {
      const setting = settings[index];
      if (!setting) throw new Error('promtool answered more than it was asked');
      const compared = compareWith(result, comparison.operator, setting.threshold);
      const times = { ...base, forMs: setting.forMs };
      const ours = timelinesOrNone(() => runMachine(compared, times, { ...grid, startS: arm.segment.startS }));
      if ('problem' in outcome) {
        // If both refuse a setting, its cells say so.
        if (ours) problem ??= outcome.problem;
        continue;
      }
      if (JSON.stringify(ours) !== JSON.stringify(outcome.alerts)) throw disagreement(outcome.rule, side);
      confirmed += 1;
    }
  }
  return { confirmed, problem };
}

/** Undefined if two results become one alert. */
function timelinesOrNone(run: () => readonly AlertTimeline[]): readonly AlertTimeline[] | undefined {
  try {
    return run();
  } catch (error) {
    if (error instanceof SameAlertError) return undefined;
    throw error;
  }
}

function disagreement({ name, expr, for: wait }: AlertRule, { arm }: LeftSide): DrillbookError {
  const rule = `${name} as \`${expr}\` for ${wait}`;
  return new DrillbookError(`promtool and Drillbook disagree about ${rule} in ${arm.segment.name} of ${arm.run}`, {
    code: 'ALERTS_DISAGREE',
    next: 'report it with the run: this is a bug of Drillbook',
  });
}
