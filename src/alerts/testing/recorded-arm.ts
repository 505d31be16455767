import type { RecordedArm } from '../alerts-input.ts';
import type { Point, RecordedSeries } from '../recording.ts';

/** Sandbox seconds. `overS` before `untilS` means that the recovery was proved. */
export interface ArmTimes {
  readonly untilS: number;
  readonly onsetS?: number;
  readonly overS?: number;
  /** Scrapes that the machine was too slow for. */
  readonly lateS?: readonly number[];
}

/** The control arm of a scenario: a metric `jobs` for each queue, scraped every 15 s from 5 s on. */
export function recordedArm(
  scenario: string,
  { untilS, onsetS, overS = untilS, lateS = [] }: ArmTimes,
  queues: Readonly<Record<string, (second: number) => number>>,
): RecordedArm {
  const seconds = Array.from({ length: Math.floor((untilS - 5) / 15) + 1 }, (_, index) => 5 + index * 15);
  const series = Object.entries(queues).map(([queue, valueAt]): RecordedSeries => {
    const points = seconds.map((second): Point => ({ s: second * 1000, value: valueAt(second) }));
    return { name: 'jobs', labels: { job: 'api', instance: 'api:1', queue }, kind: 'gauge', points };
  });
  const scrapes = seconds.map((second) => ({
    target: 'api',
    s: second * 1000,
    tookMs: 10,
    ok: true,
    late: lateS.includes(second),
  }));
  const [arm, endS] = ['control' as const, (seconds.at(-1) ?? 0) * 1000];
  const fault =
    onsetS === undefined
      ? undefined
      : { kind: 'backlog', onsetS: onsetS * 1000, overS: overS * 1000, recovered: overS < untilS };
  return {
    run: 'r',
    truth: {
      scenario,
      arm,
      startS: 0,
      startT: 0,
      endS: untilS * 1000,
      breaks: fault !== undefined,
      problem: undefined,
      fault,
    },
    clock: { startT: 0, timeScale: 10 },
    segment: { name: `${scenario}/${arm}`, scenario, arm, startS: 0, endS, intervalMs: 15_000, series, scrapes },
  };
}

/** `height` from `onset` on, until `until`. */
export function step(height: number, onset: number, until = Infinity): (second: number) => number {
  return (second) => (second >= onset && second < until ? height : 0);
}

/** It grows by `perSecond` from `onset` on, and is empty again at `until`. */
export function ramp(perSecond: number, onset: number, until = Infinity): (second: number) => number {
  return (second) => (second >= onset && second < until ? (second - onset) * perSecond : 0);
}
