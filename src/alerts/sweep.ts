/**
 * What would another threshold or `for` do? For one rule:
 *
 *   left side of the comparison ─► promtool, once per arm
 *                               ─► our machine for each threshold and `for`, at every evaluation phase
 *                               ─► the front, the pair to take, near misses of the present setting
 *                               ─► promtool again for the present, the chosen and all pairs of the front
 *
 * Some faults are kept out of the choice, and the chosen pair is tried on them afterwards.
 */
import { combine, type Verdict } from '../kernel/verdict.ts';
import type { RecordedArm } from './alerts-input.ts';
import { thresholdOf } from './apply-setting.ts';
import { confirmSettings } from './confirm-settings.ts';
import { faultsOf, runsOf } from './judge-alerts.ts';
import { findNearMisses } from './near-misses.ts';
import { choose, findFront, isOnFront } from './pareto.ts';
import { timesOf } from './rule-times.ts';
import { adviceOf } from './say-sweep.ts';
import { resultOn } from './setting-result.ts';
import { sortFaults } from './sort-faults.ts';
import { gridOf } from './sweep-grid.ts';
import type { SweepInput } from './sweep-input.ts';
import type { Setting, SweepReport, SettingResult } from './sweep-report.ts';
import { evaluateLeftSide, trySettings, type LeftSide, type TriedSetting } from './try-settings.ts';

/**
 * @throws InputError `SWEEP_NO_THRESHOLD` at the expression if the rule has no comparison with a number at its top
 * @throws DrillbookError `ALERTS_DISAGREE` if promtool does not confirm what our machine says
 * @throws what promtool throws
 */
export async function sweepRule(input: SweepInput): Promise<SweepReport> {
  const { rule, arms, steps } = input;
  const comparison = thresholdOf(rule);
  const times = timesOf(rule, input.evaluationMs);
  const now: Setting = { threshold: comparison.threshold.value, forMs: times.forMs };
  const { threshold, wait } = input;
  const grid = gridOf({ present: now, threshold, wait, steps, intervalMs: times.intervalMs });
  const sides = await evaluateLeftSide(input, rule, comparison);
  const tried = trySettings(input, rule, comparison, sides, faultsOf(arms), grid);
  const faults = sortFaults(input, tried);
  const { keptOut, swept } = faults;
  const keptArms = arms.filter(({ truth }) => keptOut.includes(truth.scenario));
  const open = arms.filter((arm) => !keptArms.includes(arm));
  const pairs = findFront(
    tried.map((setting) => ({ ...settingOf(setting), ...resultOn(setting, input, swept, open) })),
    now,
  );
  const present = find(pairs, now);
  const chosen = choose(pairs, now);
  // If no setting catches anything, all of them are alike.
  const asked = chosen ? [...new Set([present, chosen, ...pairs.filter(isOnFront)])] : [present];
  const phaseOf = ({ arm }: LeftSide): number => worstPhase(find(tried, chosen ?? now), arm);
  const { confirmed, problem } = await confirmSettings(input, rule, comparison, sides, asked, phaseOf);
  const later = (setting: Setting): SettingResult => resultOn(find(tried, setting), input, keptOut, keptArms);
  const onKeptOut = chosen && keptOut.length > 0 ? { present: later(now), chosen: later(chosen) } : undefined;
  const { name, expr, for: written, location } = rule;
  const undecided =
    problem === undefined
      ? faults.undecided
      : [...swept, ...keptOut].map((scenario) => ({ scenario, reason: problem }));
  const facts: Omit<SweepReport, 'advice' | 'verdict'> = {
    rule: { name, expr, for: written, location },
    operator: comparison.operator,
    ...grid,
    ...faults,
    undecided,
    healthy: healthyOf(open, sides, comparison.operator),
    pairs,
    present,
    chosen,
    onKeptOut,
    nearMisses: findNearMisses(pairs, present),
    promtool: input.promtool.version,
    confirmed,
    runs: runsOf(arms),
  };
  return { verdict: verdictOf(facts), ...facts, advice: adviceOf(facts) };
}

function settingOf({ threshold, forMs }: Setting): Setting {
  return { threshold, forMs };
}

function find<Pair extends Setting>(pairs: readonly Pair[], { threshold, forMs }: Setting): Pair {
  const found = pairs.find((pair) => pair.threshold === threshold && pair.forMs === forMs);
  if (!found) throw new Error(`the sweep has no pair ${threshold}, ${forMs} ms`);
  return found;
}

/** The phase that decides an arm's cell. */
function worstPhase({ cells }: TriedSetting, { truth }: RecordedArm): number {
  const cell = cells.find(({ scenario, arm }) => scenario === truth.scenario && arm === truth.arm);
  return cell?.firing?.worst.phaseMs ?? 0;
}

/** Healthy hours, and the value of the left side in them that came closest to an alarm. */
function healthyOf(
  arms: readonly RecordedArm[],
  sides: readonly LeftSide[],
  operator: SweepReport['operator'],
): SweepReport['healthy'] {
  let ms = 0;
  let peak: number | undefined;
  const higher = operator.startsWith('>');
  for (const { arm, result } of sides) {
    const { startS, fault, problem } = arm.truth;
    if (!result || problem !== undefined || !arms.includes(arm)) continue;
    const untilS = fault?.onsetS ?? arm.segment.endS;
    ms += Math.max(0, untilS - startS);
    for (const { s, samples } of result.steps) {
      if (s >= untilS) break;
      for (const { value } of samples)
        if (!Number.isNaN(value) && (peak === undefined || (higher ? value > peak : value < peak))) peak = value;
    }
  }
  return { hours: ms / 3_600_000, peak };
}

function verdictOf({
  chosen,
  onKeptOut,
  undecided,
  uncaught,
  healthy,
}: Pick<SweepReport, 'chosen' | 'onKeptOut' | 'undecided' | 'uncaught' | 'healthy'>): Verdict {
  const unknown: Verdict = undecided.length > 0 || healthy.hours === 0 ? 'inconclusive' : 'pass';
  if (!chosen) return undecided.length > 0 || uncaught.length === 0 ? 'inconclusive' : 'fail';
  const results: readonly SettingResult[] = [chosen, ...(onKeptOut ? [onKeptOut.chosen] : [])];
  return combine([unknown, ...results.map((result) => verdictOn(result))]);
}

function verdictOn({ missed, unknown, falseAlarms, perhapsLoud }: SettingResult): Verdict {
  if (missed.length > 0 || falseAlarms > 0) return 'fail';
  return unknown.length + perhapsLoud.length > 0 ? 'inconclusive' : 'pass';
}
