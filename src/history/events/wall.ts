import { event, natural, oneOf, strings, text } from '../shape.ts';

/**
 * What the wall did with a request.
 * - `refused`: answered with an error.
 * - `narrowed`: carried out for this sandbox only. On a host it would reach everything there.
 * - `spared`: answered as if carried out, because Drillbook measures with that service.
 * - `obeyed`: carried out, and recorded because it stops, restarts, kills, freezes or removes the `service`.
 * - `entered`: carried out, and recorded because a command ran in a container of the `service`.
 * - `finished`: an order that starts or restarts the `service` was carried out to its end.
 * - `answered`: a command in a container of the `service` was answered with an error, whatever its exit code.
 */
const wallOutcomes = ['refused', 'narrowed', 'spared', 'obeyed', 'finished', 'entered', 'answered'] as const;

/** A request of a procedure to the engine that the wall refused, changed, only pretended to carry out, or recorded. */
export interface WallMet {
  readonly type: 'wall';
  readonly outcome: (typeof wallOutcomes)[number];
  /** Completes "tried to …". */
  readonly attempt: string;
  /** The answer that the procedure got. */
  readonly message: string;
  readonly service?: string;
  /** The command that ran in the container. A command that is too long is cut and then ends in `…`. */
  readonly command?: readonly string[];
  /** The error that Redis replied. */
  readonly errorReply?: string;
  /** The HTTP status of 400 or more. */
  readonly httpStatus?: number;
}

export const wall = event<WallMet>(
  { outcome: oneOf(...wallOutcomes), attempt: text, message: text },
  { service: text, command: strings, errorReply: text, httpStatus: natural },
);
