import { queueStates, thresholdMetrics } from './events.ts';
import { jobContract } from './job-contract.ts';
import { bool, exactly, fields, integer, kind, list, map, number, oneOf, positive, strings, text } from './shape.ts';

/** Goes into reports as it is, so that it may hold nothing else. */
export const location = exactly({ file: text, line: positive }, { column: positive, endLine: positive });
const bound = fields({ value: number, inclusive: bool });
const range = fields({ text }, { min: bound, max: bound });
export const threshold = fields({
  metric: oneOf(...thresholdMetrics),
  normal: range,
  alert: range,
  location,
});
const section = fields({ number: text, title: text, line: integer, endLine: integer, procedures: strings });
export const runbook = fields(
  {
    file: text,
    sha256: text,
    title: text,
    declaredVersions: map(text),
    sections: list(section),
    thresholds: list(threshold),
    repairs: strings,
  },
  { version: text },
);

const states = oneOf(...queueStates);
const shown = fields(
  { source: text, flags: text, means: text },
  { counts: fields({ queues: strings, states: list(states) }) },
);
const pattern = fields({ source: text, flags: text });
/** What every claim shares; `claimProblem` in claims/ checks the fields of its kind. */
const claim = fields({ claim: text, text });
const step = fields(
  { address: text, location, shows: list(shown), args: strings },
  { achieves: list(claim), throughout: list(claim), refused: list(pattern) },
);
export const plan = fields(
  {
    id: text,
    title: text,
    file: text,
    sections: strings,
    symptoms: list(claim),
    diagnosis: list(step),
    recovery: list(step),
    health: fields(
      { queues: strings, services: strings, sustainMs: number, withinMs: number, wedgeGraceMs: number },
      { failed: number, delayed: number },
    ),
    jobs: jobContract,
    control: fields({ enabled: bool, instead: list(step) }),
    unbound: list(fields({ selector: text, message: text, location })),
  },
  {
    fault: fields({ kind: text, summary: text }),
    maintenance: list(step),
    mendedAfterMs: number,
    recoveryLimit: fields({ baselineMs: number, limitMs: number }),
    selfHealing: bool,
    repeat: bool,
  },
);

export const row = kind(
  'a row of at least 10 numbers',
  (value) => Array.isArray(value) && value.length >= 10 && value.every((figure) => isFigure(figure)),
);
export const container = fields(
  { service: text, name: text, state: text, restarts: number, exitCode: number, oomKilled: bool, startedAt: text },
  { health: text, setUp: map(text) },
);
export const counted = kind(
  'a job and how often it was done',
  (value) => Array.isArray(value) && typeof value[0] === 'string' && isFigure(value[1]),
);

/** A count that can be added to others without running out of numbers. */
export function isFigure(value: unknown): value is number {
  return typeof value === 'number' && Math.abs(value) <= Number.MAX_SAFE_INTEGER;
}
