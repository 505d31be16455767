/** What the wall answers in place of the engine. */
export class Refusal extends Error {
  /** HTTP status of the answer. */
  readonly status: number;
  /** What was attempted, as a clause behind "tried to"; undefined for what is no attempt on anything (a name that nobody has). */
  readonly attempt: string | undefined;

  constructor(message: string, options: { readonly status?: number; readonly attempt?: string | undefined } = {}) {
    super(message);
    this.name = 'Refusal';
    this.status = options.status ?? 403;
    this.attempt = options.attempt;
  }
}

/** Refuses an attempt on something outside the sandbox, or on what Drillbook keeps for itself. */
export function refuse(attempt: string, why: string): Refusal {
  return new Refusal(`drillbook refused: the runbook tried to ${attempt}; ${why}`, { attempt });
}

/** The engine's own words for something that is not there; for what is there and foreign, `attempt` says so in the history alone. */
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
