import { event, number, type Shape } from '../shape.ts';

/**
 * The rate of a sandbox's clock is about to change. Each arm begins with the run's `timeScale`, and an event that
 * follows its beginning says if that is no longer the rate.
 */
export interface ClockChanged {
  readonly type: 'clock.changed';
  /** Sandbox seconds per real second; 0 stops the clock. */
  readonly rate: number;
  /** Until it takes effect, real ms from the event's own time. */
  readonly inMs: number;
  /** After this time in effect the rate falls back to 1, unless another change comes first; real ms. */
  readonly forMs?: number;
  /**
   * Programs may have seen the change this much too late, because the machine was busy; real ms. Their clocks then
   * leapt, or stood, by this time multiplied by the difference of the rates.
   */
  readonly lateMs?: number;
}

const amount: Shape<number> = (value, path) =>
  number(value, path) ?? (Number(value) >= 0 ? undefined : `\`${path}\` should be 0 or more`);

export const clockChanged = event<ClockChanged>({ rate: amount, inMs: amount }, { forMs: amount, lateMs: amount });
