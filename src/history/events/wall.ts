import { event, oneOf, text } from '../shape.ts';

/** A request of a procedure to the engine that the wall refused, only pretended to carry out, or recorded. */
export interface WallMet {
  readonly type: 'wall';
  /**
   * - `refused`: answered with an error.
   * - `spared`: answered as if carried out, because Drillbook measures with that service.
   * - `obeyed`: carried out, and recorded because it stops, restarts, kills, freezes or removes the `service`.
   */
  readonly outcome: 'refused' | 'spared' | 'obeyed';
  /** Completes "tried to …". */
  readonly attempt: string;
  /** The answer that the procedure got. */
  readonly message: string;
  readonly service?: string;
}

export const wall = event<WallMet>(
  { outcome: oneOf('refused', 'spared', 'obeyed'), attempt: text, message: text },
  { service: text },
);
