/** Which arms of a run promtool is asked about, so that it takes seconds and shows as much as it can. */
import { readExpression } from './engine-limits.ts';
import type { Exports } from './read-recording.ts';
import type { WatchedArm } from './watched-arm.ts';
import { isJudgeable, type WatchedRule } from './watched-rule.ts';

/** How many steady states promtool is asked about. Each takes it about 0.2 s of a core. */
const mostSteadyStates = 10;
/**
 * How much promtool is asked about faults: series times sandbox seconds, summed over the arms. It takes about a second
 * of a core for a million.
 */
const mostCells = 2_000_000;

interface Choice {
  readonly asked: readonly WatchedArm[];
  /** How many arms could show something too. */
  readonly left: number;
}

/** The arms with the longest steady states, among those that show the condition of some rule. */
export function chooseSteady(arms: readonly WatchedArm[], rules: readonly WatchedRule[]): Choice {
  const length = ({ healthy }: WatchedArm): number => (healthy ? healthy.untilS - healthy.fromS : 0);
  const least = Math.min(Infinity, ...rules.filter(isJudgeable).map(({ seeMs }) => seeMs));
  const telling = arms.filter((arm) => arm.healthy?.problem === undefined && length(arm) > least);
  const asked = telling.toSorted((a, b) => length(b) - length(a)).slice(0, mostSteadyStates);
  return { asked, left: telling.length - asked.length };
}

/** The longest arms, among those in which some rule can fire after the fault. */
export function chooseBroken(arms: readonly WatchedArm[], rules: readonly WatchedRule[], { series }: Exports): Choice {
  const length = ({ truth }: WatchedArm): number => truth.endS - truth.startS;
  const judgeable = rules.filter(isJudgeable);
  const telling = arms.filter((arm) => judgeable.some((rule) => canFire(arm, rule)));
  const facts = judgeable.map(({ rule }) => readExpression(rule.expr));
  const width = series.filter((one) => facts.some(({ mayRead }) => mayRead(one))).length;
  const asked: WatchedArm[] = [];
  let left = mostCells;
  for (const arm of telling.toSorted((a, b) => length(b) - length(a))) {
    const cells = (width * length(arm)) / 1000;
    if (cells > left) continue;
    asked.push(arm);
    left -= cells;
  }
  return { asked, left: telling.length - asked.length };
}

/** Whether it could fire after the fault of this arm. */
export function canFire({ truth }: WatchedArm, { times }: WatchedRule): boolean {
  return truth.fault !== undefined && truth.problem === undefined && truth.endS - truth.startS > times.forMs;
}
