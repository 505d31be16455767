import { seconds } from './say-time.ts';
import type { Cell, Firing, Spread } from './alerts-report.ts';
import type { Detection, PhaseResult, RuleTimes } from './detect.ts';
import type { Segment } from './recording.ts';
import type { ArmTruth, FaultTruth } from './truth.ts';

/** What one arm shows of one rule. */
export interface Observation {
  readonly truth: ArmTruth & { readonly fault: FaultTruth };
  readonly segment: Segment;
  /** Undefined with a `problem`. */
  readonly phases: readonly PhaseResult[] | undefined;
  readonly problem: string | undefined;
}

/**
 * Sandbox ms that a fault must last so that a rule can fire at every evaluation phase: each wait at its longest. A
 * range in the expression is no wait, because a strong fault moves `increase(…[1h])` at once.
 */
export function neededMs({ forMs, intervalMs }: Pick<RuleTimes, 'forMs' | 'intervalMs'>, scrapeMs: number): number {
  return forMs + intervalMs + scrapeMs;
}

export interface Limits {
  /** From `neededMs`. */
  readonly needed: number;
  /** How far back the expression looks; undefined if that is computed. */
  readonly rangeMs: number | undefined;
  /** By when the alert must fire after the onset, if the scenario says so. */
  readonly withinMs?: number;
}

/**
 * The outcome of a rule for one scenario. Several recordings of the same arm must agree, and the slowest of them
 * decides. Of treatment and control arm the one that shows more decides, because one of them may end too early.
 */
export function judgeCell(
  scenario: string,
  observations: readonly Observation[],
  { needed, rangeMs, withinMs = Infinity }: Limits,
): Cell {
  const arms = Map.groupBy(observations, ({ truth }) => truth.arm);
  const cells = [...arms.values()].flatMap((recordings) =>
    joinRecordings(recordings.map((one) => judgeArm(scenario, one, { needed, rangeMs, withinMs }))),
  );
  const rank = (cell: Cell): number => ['fired', 'late', 'quiet', 'unknown'].indexOf(cell.outcome);
  const [best] = cells.toSorted((a, b) => rank(a) - rank(b) || (a.missingMs ?? 0) - (b.missingMs ?? 0));
  return best ?? unknown(scenario, undefined, 'no arm with this fault recorded metrics');
}

/** What several recordings of one arm show together. Those that show nothing do not count beside one that does. */
function joinRecordings(cells: readonly Cell[]): readonly Cell[] {
  const told = cells.filter(({ outcome }) => outcome !== 'unknown');
  if (told.length === 0) return cells;
  const [slowest] = told.toSorted((a, b) => (b.firing?.delayMs.worst ?? 0) - (a.firing?.delayMs.worst ?? 0));
  const fired = told.filter(({ outcome }) => outcome === 'fired').length;
  if (!slowest || fired === 0 || fired === told.length) return slowest ? [slowest] : [];
  const reason = `fires in ${fired} of ${told.length} recordings of this fault only: whether it fires is luck`;
  return [{ ...slowest, outcome: 'late', reason }];
}

function judgeArm(
  scenario: string,
  { truth, segment, phases, problem }: Observation,
  { needed, rangeMs, withinMs }: Required<Limits>,
): Cell {
  const { arm, fault } = truth;
  const doubt = problem ?? truth.problem ?? doubtOf(segment);
  if (doubt !== undefined || !phases) return unknown(scenario, arm, doubt ?? 'the rule was not evaluated');
  if (phases.some(({ firedBefore }) => firedBefore))
    return unknown(scenario, arm, 'the alert fired before the fault began');
  const detections = phases.flatMap(({ detection }) => detection ?? []);
  const inTime = detections.filter(({ firingS }) => firingS <= fault.overS && firingS - fault.onsetS <= withinMs);
  const base = { scenario, arm, firing: undefined };
  if (inTime.length === phases.length) {
    const firing = summarise(inTime, phases.length, fault);
    return {
      ...base,
      outcome: 'fired',
      reason: `fires ${seconds(firing.delayMs.worst)} after the fault at the latest`,
      firing,
    };
  }
  const watchedMs = Math.min(fault.overS, segment.endS) - fault.onsetS;
  const tooLate = detections.some(({ firingS }) => firingS - fault.onsetS > withinMs);
  if (detections.length > 0 && (watchedMs >= needed || tooLate)) {
    const firing = summarise(detections, phases.length, fault);
    return { ...base, outcome: 'late', reason: sayLate(inTime.length, phases.length, firing, withinMs), firing };
  }
  if (watchedMs < needed) return missing(base, watchedMs, needed);
  if (phases.some(({ pendingAtEnd }) => pendingAtEnd)) return missing(base, watchedMs, watchedMs + needed);
  return { ...base, outcome: 'quiet', reason: sayQuiet(watchedMs, rangeMs) };
}

function sayQuiet(watchedMs: number, rangeMs = Infinity): string {
  const rest = watchedMs >= rangeMs ? '' : '; the expression looks further back than that';
  return `does not fire in ${seconds(watchedMs)}${rest}`;
}

function sayLate(inTime: number, of: number, { delayMs }: Firing, withinMs: number): string {
  if (inTime > 0) return `fires at ${inTime} of ${of} evaluation phases only: whether it fires is luck`;
  const limit = Number.isFinite(withinMs) ? `later than ${seconds(withinMs)}` : 'when the fault is over';
  return `fires ${limit}, ${seconds(delayMs.worst)} after the fault`;
}

function missing(base: Pick<Cell, 'scenario' | 'arm' | 'firing'>, watchedMs: number, needed: number): Cell {
  const reason = `the fault lasts ${seconds(watchedMs)}, and the rule needs ${seconds(needed)}`;
  return { ...base, outcome: 'unknown', reason, missingMs: needed - watchedMs };
}

function unknown(scenario: string, arm: Cell['arm'], reason: string): Cell {
  return { scenario, arm, outcome: 'unknown', reason, firing: undefined };
}

/** What keeps a segment from showing anything. */
function doubtOf({ scrapes }: Segment): string | undefined {
  if (scrapes.length === 0) return 'no metrics were recorded';
  const late = scrapes.filter((scrape) => scrape.late).length;
  if (late > 0) return `${late} of ${scrapes.length} scrapes failed because this machine was too slow`;
  return undefined;
}

function summarise(detections: readonly Detection[], of: number, fault: FaultTruth): Firing {
  const last = detections.toSorted((a, b) => a.firingS - b.firingS).at(-1);
  if (!last) throw new Error('there is no detection to summarise');
  const { phaseMs, pendingS, firingS, resolvedS, delay, labels } = last;
  const { onsetS, overS, recovered } = fault;
  const resolved = detections.flatMap((one) => one.resolvedS ?? []);
  return {
    delayMs: spreadOf(detections.map((one) => one.firingS - onsetS)),
    clearedMs:
      recovered && resolved.length === detections.length
        ? spreadOf(resolved.map((one) => Math.max(0, one - overS)))
        : undefined,
    worst: { phaseMs, onsetS, pendingS, firingS, resolvedS, delay, labels },
    phases: { fired: detections.length, of },
  };
}

function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  return {
    min: sorted[0] ?? NaN,
    median: sorted[Math.floor((sorted.length - 1) / 2)] ?? NaN,
    worst: sorted.at(-1) ?? NaN,
  };
}
