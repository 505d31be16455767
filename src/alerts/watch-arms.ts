/**
 * Looks for false alarms, and for faults for which a rule fires, in those arms of a run that can show any.
 *
 * - False alarms: the last second of the steady state. An alarm counts if all that can make the rule fire lies in the
 *   steady state.
 * - Faults: the whole arm, evaluated at one phase. `alerts test` evaluates at all.
 */
import type { AlertRule, RunStarted } from '../history/events.ts';
import { DrillbookError } from '../kernel/errors.ts';
import type { RunRecord } from '../record/run-record.ts';
import type { NotJudged } from './alert-facts.ts';
import type { Finding } from './alerts-report.ts';
import { canFire, chooseBroken, chooseSteady } from './choose-arms.ts';
import { evaluateAlerts } from './evaluate.ts';
import { readRecording, type Exports } from './read-recording.ts';
import type { Segment } from './recording.ts';
import type { Promtool } from './run-promtool.ts';
import { findFalseAlarms, openQuestions } from './say-watched.ts';
import type { AlertTimeline } from './timeline.ts';
import { watchedArms, type WatchedArm } from './watched-arm.ts';
import { isJudgeable, watchedRule, type WatchedRule } from './watched-rule.ts';

interface Input {
  readonly record: RunRecord;
  readonly run: RunStarted;
  readonly metricsFile: string;
  readonly promtool: Promtool;
  readonly rules: readonly AlertRule[];
  readonly exports: Exports;
}

export interface Watched {
  readonly findings: readonly Finding[];
  readonly notJudged: readonly NotJudged[];
  readonly firedIn: ReadonlyMap<AlertRule, readonly string[]>;
}

export async function watchArms(input: Input): Promise<Watched> {
  const { record, run, exports, promtool, metricsFile } = input;
  const arms = watchedArms(record);
  const rules = input.rules.map((rule) => watchedRule(rule, run, exports.scrapeMs));
  const steady = chooseSteady(arms, rules);
  const broken = chooseBroken(arms, rules, exports);
  const asked = [...new Set([...steady.asked, ...broken.asked])];
  const segments = asked.length === 0 ? [] : await readRecording(metricsFile, asked.map(stretchOf));
  let late = 0;
  for (const [index, arm] of asked.entries()) {
    const segment = segments[index];
    if (!segment || segment.scrapes.length === 0) continue;
    // In a gap that this machine made, a rule may do what it would not do in production.
    if (segment.scrapes.some((scrape) => scrape.late)) {
      late += 1;
      continue;
    }
    if (steady.asked.includes(arm)) await lookAtSteadyState(promtool, arm, segment, rules);
    if (broken.asked.includes(arm)) await lookAtFault(promtool, arm, segment, rules);
  }
  const left = { steady: steady.left, broken: broken.left, late };
  return {
    findings: rules.flatMap(findFalseAlarms),
    notJudged: rules.flatMap((rule) => openQuestions(rule, arms, left)),
    firedIn: new Map(rules.map(({ rule, firedIn }) => [rule, [...firedIn]])),
  };
}

function stretchOf({ truth: { scenario, arm, startS, endS } }: WatchedArm) {
  return { scenario, arm, fromS: startS, untilS: endS };
}

async function lookAtSteadyState(
  promtool: Promtool,
  { truth, healthy }: WatchedArm,
  segment: Segment,
  rules: readonly WatchedRule[],
): Promise<void> {
  if (!healthy) return;
  const seconds = Math.ceil((healthy.untilS - segment.startS) / 1000) - 1;
  const atS = Math.min(segment.startS + seconds * 1000, segment.endS);
  const shown = rules.filter((rule) => isJudgeable(rule) && atS - rule.seeMs >= healthy.fromS);
  if (atS < segment.startS) return;
  await evaluate(promtool, cutAfter(segment, atS), shown, atS, (rule, alerts) => {
    const states = alerts
      .flatMap(({ spans }) => spans.filter(({ fromS, untilS = Infinity }) => fromS <= atS && atS < untilS))
      .map(({ state }) => state);
    rule.glimpses.seen += 1;
    if (states.length > 0) rule.glimpses.active += 1;
    if (atS - rule.alarmMs < healthy.fromS) return;
    rule.steadyStates += 1;
    if (states.includes('firing')) rule.alarms.add(truth.scenario);
  });
}

function cutAfter(segment: Segment, atS: number): Segment {
  const series = segment.series.map((one) => ({ ...one, points: one.points.filter(({ s }) => s <= atS) }));
  return { ...segment, endS: atS, series: series.filter(({ points }) => points.length > 0) };
}

async function lookAtFault(
  promtool: Promtool,
  arm: WatchedArm,
  segment: Segment,
  rules: readonly WatchedRule[],
): Promise<void> {
  const { fault, scenario } = arm.truth;
  const open = rules.filter((rule) => isJudgeable(rule) && canFire(arm, rule) && rule.firedIn.size === 0);
  await evaluate(promtool, segment, open, segment.startS, (rule, alerts) => {
    const firing = alerts.flatMap(({ spans }) => spans.filter(({ state }) => state === 'firing'));
    if (fault && firing.some(({ fromS }) => fromS >= fault.onsetS)) rule.firedIn.add(scenario);
  });
}

/** @param atS the evaluations are so that one is at this instant */
async function evaluate(
  promtool: Promtool,
  segment: Segment,
  rules: readonly WatchedRule[],
  atS: number,
  onAlerts: (rule: WatchedRule, alerts: readonly AlertTimeline[]) => void,
): Promise<void> {
  for (const [intervalMs, group] of Map.groupBy(rules, ({ times }) => times.intervalMs)) {
    const grid = { intervalMs, phaseMs: (atS - segment.startS) % intervalMs };
    const own = group.map(({ rule }) => rule);
    const outcomes = await evaluateAlerts(promtool, segment, own, grid).catch((error: unknown) => {
      // A promtool that does not work leaves questions open, like one that is absent.
      if (error instanceof DrillbookError) return error.message;
      throw error;
    });
    for (const [index, rule] of group.entries()) {
      const outcome = typeof outcomes === 'string' ? { problem: outcomes } : outcomes[index];
      if (!outcome) throw new Error('every rule has an outcome');
      if ('problem' in outcome) rule.problem = outcome.problem;
      else onAlerts(rule, outcome.alerts);
    }
  }
}
