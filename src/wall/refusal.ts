/** An error that the wall answers instead of the engine. */
export class Refusal extends Error {
  /** HTTP status of the answer. */
  readonly status: number;
  /** A clause that follows "tried to"; undefined if the request reached for nothing that exists. */
  readonly attempt: string | undefined;

  constructor(message: string, options: { readonly status?: number; readonly attempt?: string | undefined } = {}) {
    super(message);
    this.name = 'Refusal';
    this.status = options.status ?? 403;
    this.attempt = options.attempt;
  }
}

/** Refuses an attempt on something outside the sandbox, or on something that Drillbook keeps for itself. */
export function refuse(attempt: string, why: string): Refusal {
  return new Refusal(`drillbook refused: the runbook tried to ${attempt}; ${why}`, { attempt });
}

/**
 * "Not found", in the engine's own words.
 * @param attempt if the object exists and is foreign: recorded in the history, and not said to the client
 */
export function notFound(
  what: 'container' | 'network' | 'volume' | 'image' | 'exec instance',
  name: string,
  attempt?: string,
): Refusal {
  return new Refusal(messages[what](name), { status: 404, attempt });
}

const messages = {
  container: (name: string) => `No such container: ${name}`,
  'exec instance': (name: string) => `No such exec instance: ${name}`,
  network: (name: string) => `network ${name} not found`,
  volume: (name: string) => `get ${name}: no such volume`,
  image: (name: string) => `No such image: ${/[:@][^/]*$/.test(name) ? name : `${name}:latest`}`,
} as const;
