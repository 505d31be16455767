import type { ControlRecalled, EventBody, HistoryEvent } from './events.ts';
import { clockChanged } from './events/clock.ts';
import { drillShapes } from './events/drill.ts';
import { faultHealed, faultInjecting, faultProved } from './events/fault.ts';
import { effects, enqueued, held, jobIds, outcomes, residue, unacknowledged } from './events/jobs.ts';
import { scenarioPlanned } from './events/plan.ts';
import { command, procedureEnded, procedureStarted, prompt } from './events/procedure.ts';
import { sample } from './events/queues.ts';
import * as run from './events/run.ts';
import {
  container,
  containers,
  environment,
  leftBehind,
  pressure,
  redis,
  redisCommands,
  redisEnding,
  settings,
} from './events/sandbox.ts';
import { stamp } from './events/stamp.ts';
import { wall } from './events/wall.ts';
import { isReadableVersion, readableVersions } from './history-version.ts';
import { event, isObject, kind, list, shorten, text, type Shape } from './shape.ts';

/** An event within one that recalls a control arm. */
const eventOfControl: Shape<HistoryEvent> = (value, path) => {
  const refusal = refuse(value);
  if (refusal) return `in \`${path}\`, ${refusal.problem}`;
  const { arm, type } = value as HistoryEvent;
  return arm === 'control' && type !== 'control.recalled' ? undefined : `\`${path}\` should be events of a control arm`;
};

/** What each kind of event must carry. The judge relies on every field that is checked here. */
const shapes: { readonly [Type in EventBody['type']]: Shape<Extract<EventBody, { type: Type }>> } = {
  'run.started': run.runStarted,
  'phase.started': run.phaseStarted,
  'phase.ended': run.phaseEnded,
  'arm.started': run.armStarted,
  'arm.ended': run.armEnded,
  note: run.note,
  interrupted: run.interrupted,
  broken: run.broken,
  'run.ended': run.runEnded,
  environment,
  'scenario.planned': scenarioPlanned,
  sample,
  containers,
  container,
  redis,
  'redis.commands': redisCommands,
  'redis.ending': redisEnding,
  'left-behind': leftBehind,
  pressure,
  settings,
  'job-ids': jobIds,
  enqueued,
  unacknowledged,
  outcomes,
  held,
  residue,
  effects,
  'fault.injecting': faultInjecting,
  'fault.proved': faultProved,
  'fault.healed': faultHealed,
  'procedure.started': procedureStarted,
  command,
  prompt,
  'procedure.ended': procedureEnded,
  wall,
  'clock.changed': clockChanged,
  'control.recalled': event<ControlRecalled>({
    run: text,
    recordedAt: kind<string>('a date', (value) => typeof value === 'string' && Number.isFinite(Date.parse(value))),
    events: list(eventOfControl),
  }),
  ...drillShapes,
};
const shapeOf: ReadonlyMap<unknown, Shape> = new Map(Object.entries(shapes));

export interface Refusal {
  /** A clause that follows "not a history event:". */
  readonly problem: string;
  /** A newer Drillbook may have written it: it has an unknown format version, or is of an unknown kind. */
  readonly unknown?: 'version' | 'kind';
}

/** One line of a history, or why it is none. */
export function parseEvent(line: string): { readonly event: HistoryEvent } | Refusal {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { problem: 'it is not JSON' };
  }
  return refuse(value) ?? { event: value as HistoryEvent };
}

function refuse(value: unknown): Refusal | undefined {
  if (!isObject(value)) return { problem: 'it is not an object' };
  const { type } = value;
  if (typeof type !== 'string') return { problem: `its type is ${typeof type}` };
  const shape = shapeOf.get(type);
  if (!shape) return { problem: `its type is ${shorten(type)}, which this version does not know`, unknown: 'kind' };
  if (type === 'run.started' && !isReadableVersion(value['historyVersion'])) return refuseVersion(value);
  const problem = stamp(value, type) ?? shape(value, type);
  return problem === undefined ? undefined : { problem };
}

function refuseVersion({ historyVersion, drillbook }: Record<string, unknown>): Refusal {
  const writer = typeof drillbook === 'string' ? ` by Drillbook ${shorten(drillbook)}` : '';
  const [found, known] = [shorten(JSON.stringify(historyVersion) ?? 'missing'), readableVersions.join(', ')];
  return {
    problem: `the history was written${writer} in format version ${found}; this Drillbook reads version ${known}`,
    unknown: 'version',
  };
}
