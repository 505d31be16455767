import type { EventBody, HistoryEvent } from './events.ts';

type Kind = 'string' | 'number' | 'boolean' | 'array' | 'object' | 'number or null' | 'string or null';
type FieldsOf<T> = T extends EventBody ? { readonly [K in RequiredKeys<Omit<T, 'type'>>]: Kind } : never;
type RequiredKeys<T> = { [K in keyof T]-?: object extends Pick<T, K> ? never : K }[keyof T];
type Shapes = { readonly [Type in EventBody['type']]: FieldsOf<Extract<EventBody, { type: Type }>> };

/** What each event must carry. Shallow on purpose: a million job ids pass through here. */
const shapes: Shapes = {
  'run.started': {
    run: 'string',
    drillbook: 'string',
    historyVersion: 'number',
    startedAt: 'string',
    seed: 'number',
    timeScale: 'number',
    runbook: 'object',
    pinnedThresholds: 'array',
    queues: 'array',
  },
  environment: {
    engine: 'string',
    compose: 'string',
    node: 'string',
    versions: 'object',
    images: 'array',
    realTimeServices: 'array',
  },
  'scenario.planned': { plan: 'object' },
  'phase.started': { phase: 'string' },
  'phase.ended': { phase: 'string', outcome: 'string' },
  'arm.started': {},
  'arm.ended': {},
  sample: { full: 'boolean', queues: 'object' },
  containers: { containers: 'array' },
  container: { service: 'string', name: 'string', action: 'string' },
  redis: { up: 'boolean' },
  enqueued: { queue: 'string', ids: 'array' },
  outcomes: { queue: 'string', completed: 'array', failed: 'array', stalled: 'array', removed: 'array' },
  residue: { complete: 'boolean', jobs: 'object' },
  effects: { complete: 'boolean', once: 'array', more: 'array' },
  'fault.injecting': { kind: 'string', summary: 'string' },
  'fault.proved': { kind: 'string', bit: 'boolean', evidence: 'string' },
  'fault.healed': { kind: 'string', healed: 'boolean' },
  'procedure.started': { address: 'string', purpose: 'string', location: 'object', args: 'array' },
  command: {
    address: 'string',
    location: 'object',
    text: 'string',
    exitCode: 'number or null',
    role: 'string',
    cut: 'boolean',
    startedMs: 'number',
    durationMs: 'number or null',
  },
  prompt: { address: 'string', location: 'object', text: 'string', answer: 'string or null' },
  'procedure.ended': {
    address: 'string',
    exitCode: 'number or null',
    ended: 'string',
    traced: 'boolean',
    output: 'string',
    outputCut: 'boolean',
    cast: 'string',
    durationMs: 'number',
    unfilled: 'array',
  },
  wall: { outcome: 'string', attempt: 'string', message: 'string' },
  note: { message: 'string' },
  interrupted: { reason: 'string' },
  broken: { reason: 'string' },
  'run.ended': { leftovers: 'array' },
};

/** One line of a history, or what is wrong with it. */
export function parseEvent(line: string): { readonly event: HistoryEvent } | { readonly problem: string } {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { problem: 'it is not JSON' };
  }
  if (!isObject(value)) return { problem: 'it is not an object' };
  const shape = typeof value['type'] === 'string' && isEventType(value['type']) ? shapes[value['type']] : undefined;
  if (!shape) return { problem: `its type is ${JSON.stringify(value['type'])}, which this version does not know` };
  for (const [field, kind] of Object.entries({ seq: 'number', t: 'number', s: 'number', ...shape })) {
    if (!fits(value[field], kind as Kind))
      return { problem: `\`${value['type'] as string}.${field}\` should be ${kind}` };
  }
  return { event: value as unknown as HistoryEvent };
}

function isEventType(type: string): type is EventBody['type'] {
  return Object.hasOwn(shapes, type);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function fits(value: unknown, kind: Kind): boolean {
  if (kind === 'array') return Array.isArray(value);
  if (kind === 'object') return isObject(value);
  if (kind === 'number or null') return value === null || Number.isFinite(value);
  if (kind === 'string or null') return value === null || typeof value === 'string';
  return kind === 'number' ? Number.isFinite(value) : typeof value === kind;
}
