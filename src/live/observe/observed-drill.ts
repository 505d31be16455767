import type {
  ClockChanged,
  HistoryEvent,
  Phase,
  RunStarted,
  ThresholdMetric,
  ThresholdRow,
} from '../../history/events.ts';
import { monotonicMs } from '../../kernel/clock.ts';
import type { Instant } from '../../record/arm-record.ts';
import { DrillRecord } from '../../record/drill-record.ts';
import type { SeenContainer } from '../../record/timeline.ts';
import { thresholdsOf } from '../../verdict/thresholds.ts';
import { LiveCharts } from './live-charts.ts';

/**
 * A drill as a page shows it, fed with the events that the page's readers may know. Par, which comes after the drill,
 * is no part of it.
 */
export class ObservedDrill {
  run: RunStarted | undefined;
  /** The phase that runs now. */
  phase: Phase | undefined;
  containers: readonly SeenContainer[] = [];
  redisUp = true;
  /** Why the drill ends early. */
  cutBy: 'interrupted' | 'broken' | undefined;
  /** The record is complete. */
  isClosed = false;
  /** The player's part, and what came after it, is over. */
  isPlayed = false;
  first: Instant | undefined;
  readonly record = new DrillRecord();
  readonly charts = new LiveCharts();
  #last: Instant | undefined;
  #clock: (ClockChanged & Instant) | undefined;
  /** This process's clock minus that of the history: the least that was seen, because reading takes time. */
  #aheadMs = Infinity;

  /** @param now on this process's monotonic clock, ms */
  push(event: HistoryEvent, now = monotonicMs()): void {
    this.#last = event;
    this.first ??= event;
    this.#aheadMs = Math.min(this.#aheadMs, now - event.t);
    this.#recordRun(event);
    if (this.isPlayed) return;
    this.record.push(event);
    this.charts.push(event);
    if (event.type === 'containers') this.containers = event.containers;
    if (event.type === 'redis') this.redisUp = event.up;
    if (event.type === 'arm.ended') this.isPlayed = true;
  }

  get thresholds(): ReadonlyMap<ThresholdMetric, ThresholdRow> {
    return new Map(this.run && thresholdsOf(this.run).map((row) => [row.metric, row]));
  }

  /** Both clocks now. They stand once the record is complete. */
  now(now = monotonicMs()): Instant | undefined {
    const last = this.#last;
    if (!last || this.isClosed) return last;
    const t = Math.max(last.t, now - this.#aheadMs);
    return { t, s: last.s + this.#sandboxSince(last.t, t) };
  }

  /** How much the sandbox clock went on between two real times. */
  #sandboxSince(from: number, to: number): number {
    const change = this.#clock;
    const usual = this.run?.timeScale ?? 1;
    if (!change) return (to - from) * usual;
    const start = change.t + change.inMs;
    const end = start + (change.forMs ?? Infinity);
    const before = Math.max(0, Math.min(to, start) - from);
    const during = Math.max(0, Math.min(to, end) - Math.max(from, start));
    return before * usual + during * change.rate + (to - from - before - during);
  }

  #recordRun(event: HistoryEvent): void {
    switch (event.type) {
      case 'run.started':
        this.run ??= event;
        break;
      case 'phase.started':
        if (!this.isPlayed || event.phase === 'teardown') this.phase = event.phase;
        break;
      case 'clock.changed':
        this.#clock = event;
        break;
      case 'interrupted':
      case 'broken':
        this.cutBy ??= event.type;
        break;
      case 'run.ended':
        this.isClosed = true;
        break;
      default:
    }
  }
}
