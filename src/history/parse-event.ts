import { phases, purposes, queueStates, type EventBody, type HistoryEvent } from './events.ts';
import { container, counted, isFigure, location, plan, row, runbook, threshold } from './nested-shapes.ts';
import {
  bool,
  fields,
  integer,
  isObject,
  kind,
  list,
  map,
  natural,
  number,
  oneOf,
  orNull,
  shorten,
  strings,
  text,
  type Shape,
} from './shape.ts';

/** A field's shape, by name where it is a plain one. */
type Kind = Shape | keyof typeof plain;
type FieldsOf<T> = T extends EventBody
  ? { readonly [K in RequiredKeys<Omit<T, 'type'>>]: Kind } & OptionalFields<T>
  : never;
type OptionalFields<T> = { readonly optional?: { readonly [K in Exclude<keyof T, RequiredKeys<T>>]?: Kind } };
type RequiredKeys<T> = { [K in keyof T]-?: object extends Pick<T, K> ? never : K }[keyof T];
type Shapes = { readonly [Type in EventBody['type']]: FieldsOf<Extract<EventBody, { type: Type }>> };

const plain = {
  string: text,
  number,
  integer,
  boolean: bool,
  array: kind('array', Array.isArray),
  object: kind('object', isObject),
  strings,
  'number or null': orNull(number),
  'integer or null': orNull(integer),
  'string or null': orNull(text),
} as const;

const phase = oneOf(...phases);
const date = kind('a date', (value) => typeof value === 'string' && Number.isFinite(Date.parse(value)));

/** What each event must carry, and `optional` what it may. Whatever passes here may be relied on by who judges. */
const shapes: Shapes = {
  'run.started': {
    run: 'string',
    drillbook: 'string',
    historyVersion: 'number',
    startedAt: 'string',
    seed: 'number',
    timeScale: 'number',
    runbook,
    pinnedThresholds: list(threshold),
    queues: list(fields({ name: text, service: text })),
  },
  environment: {
    engine: 'string',
    compose: 'string',
    node: 'string',
    versions: map(text),
    images: list(fields({ service: text, image: text, source: text })),
    realTimeServices: 'strings',
    optional: { imageIds: map(text) },
  },
  'scenario.planned': { plan },
  'phase.started': { phase },
  'phase.ended': {
    phase,
    outcome: oneOf('done', 'timed-out', 'failed', 'interrupted'),
    optional: { message: 'string' },
  },
  'arm.started': {},
  'arm.ended': {},
  sample: { full: 'boolean', queues: map(row) },
  containers: { containers: list(container) },
  container: { service: 'string', name: 'string', action: 'string', optional: { exitCode: 'number' } },
  pressure: { waitedMs: 'number' },
  redis: { up: 'boolean', optional: { runId: 'string', version: 'string', message: 'string' } },
  enqueued: { queue: 'string', ids: 'strings', optional: { priority: 'number', ofFault: 'boolean', dueAt: 'number' } },
  held: { moment: oneOf('before', 'after'), complete: 'boolean', jobs: map(strings), optional: { message: 'string' } },
  outcomes: { queue: 'string', completed: 'strings', failed: 'strings', stalled: 'strings', removed: 'strings' },
  residue: {
    complete: 'boolean',
    jobs: map(map(strings, oneOf(...queueStates, 'retrying', 'completed'))),
    optional: { message: 'string' },
  },
  settings: {
    moment: oneOf('before', 'after'),
    complete: 'boolean',
    queues: map(map(text)),
    redis: map(text),
    optional: { message: 'string' },
  },
  effects: {
    complete: 'boolean',
    once: 'strings',
    more: list(counted),
    optional: { altered: 'strings', message: 'string' },
  },
  'fault.injecting': { kind: 'string', summary: 'string' },
  'fault.proved': { kind: 'string', bit: 'boolean', evidence: 'string' },
  'fault.healed': { kind: 'string', healed: 'boolean', optional: { message: 'string' } },
  'procedure.started': {
    address: 'string',
    purpose: oneOf(...purposes),
    location,
    args: 'strings',
    optional: { expectExit: 'number', cutAfterMs: 'number' },
  },
  command: {
    address: 'string',
    location,
    text: 'string',
    exitCode: 'integer or null',
    role: oneOf('command', 'condition', 'background'),
    cut: 'boolean',
    startedMs: 'number',
    durationMs: 'number or null',
    optional: {
      pipeIndex: natural,
      intoPipe: 'boolean',
      output: 'string',
    },
  },
  prompt: { address: 'string', location, text: 'string', answer: 'string or null' },
  'procedure.ended': {
    address: 'string',
    exitCode: 'integer or null',
    ended: oneOf('exited', 'cut', 'unanswered-prompt', 'interrupted', 'operator-lost'),
    traced: 'boolean',
    output: 'string',
    outputCut: 'boolean',
    cast: 'string',
    durationMs: 'number',
    unfilled: 'strings',
  },
  wall: {
    outcome: oneOf('refused', 'spared', 'obeyed'),
    attempt: 'string',
    message: 'string',
    optional: { service: 'string' },
  },
  'control.recalled': { run: 'string', recordedAt: date, events: list(eventOfControl) },
  note: { message: 'string' },
  interrupted: { reason: 'string' },
  broken: { reason: 'string' },
  'run.ended': { leftovers: 'strings' },
};

const arm = oneOf('treatment', 'control');
/** Up to the end of the year 9999, where dates end that can be written as such. */
const instant = kind(
  'a time in ms since 1970',
  (value) => isFigure(value) && value >= 0 && value < 253_402_300_800_000,
);
const stamp = fields(
  { seq: integer, t: kind('a time in ms', (value) => isFigure(value)), s: instant },
  { scenario: text, arm },
);

const bodies: ReadonlyMap<unknown, Shape> = new Map(
  Object.entries(shapes).map(([type, { optional = {}, ...required }]) => [
    type,
    fields(named(required), named(optional)),
  ]),
);

function named(kinds: Readonly<Record<string, Kind>>): Readonly<Record<string, Shape>> {
  return Object.fromEntries(
    Object.entries(kinds).map(([name, shape]) => [name, typeof shape === 'string' ? plain[shape] : shape]),
  );
}

/** One line of a history, or what is wrong with it. */
export function parseEvent(line: string): { readonly event: HistoryEvent } | { readonly problem: string } {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { problem: 'it is not JSON' };
  }
  const problem = problemOf(value);
  return problem === undefined ? { event: value as HistoryEvent } : { problem };
}

function problemOf(value: unknown): string | undefined {
  if (!isObject(value)) return 'it is not an object';
  const { type } = value;
  const body = bodies.get(type);
  if (!body || typeof type !== 'string')
    return `its type is ${typeof type === 'string' ? shorten(type) : typeof type}, which this version does not know`;
  return stamp(value, type) ?? body(value, type);
}

/** An event within one that recalls a whole arm. */
function eventOfControl(value: unknown, path: string): string | undefined {
  const problem = problemOf(value);
  if (problem !== undefined) return `in \`${path}\`, ${problem}`;
  const { arm: of, type } = value as HistoryEvent;
  return of === 'control' && type !== 'control.recalled' ? undefined : `\`${path}\` should be events of a control arm`;
}
