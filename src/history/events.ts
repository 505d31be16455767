/**
 * Everything that can stand in a `history.jsonl`, one JSON object a line. Verdicts are computed from these events and
 * nothing else. Each file in `events/` has the events of one subject: every type beside the shape that checks it.
 *
 * A new kind of event needs its type and shape there, and its name in `EventBody` here and in `parse-event.ts`.
 */
import type { ClockChanged } from './events/clock.ts';
import type { DrillEvent } from './events/drill.ts';
import type { FaultHealed, FaultInjecting, FaultProved } from './events/fault.ts';
import type { Effects, Enqueued, Held, JobIdsGiven, Outcomes, Residue, Unacknowledged } from './events/jobs.ts';
import type { ScenarioPlanned } from './events/plan.ts';
import type { CommandRan, ProcedureEnded, ProcedureStarted, PromptSeen } from './events/procedure.ts';
import type { Sample } from './events/queues.ts';
import type * as run from './events/run.ts';
import type {
  ContainerEvent,
  ContainersSeen,
  EnvironmentSeen,
  LeftBehind,
  Pressure,
  RedisCommands,
  RedisEnding,
  RedisSeen,
  Settings,
} from './events/sandbox.ts';
import type { Stamp } from './events/stamp.ts';
import type { WallMet } from './events/wall.ts';

export type * from './events/alert-rules.ts';
export type * from './events/clock.ts';
export { drillEnds, herringKinds, pageSources, playerAddress } from './events/drill.ts';
export type * from './events/drill.ts';
export type * from './events/fault.ts';
export type * from './events/jobs.ts';
export type * from './events/plan.ts';
export { purposes } from './events/procedure.ts';
export type * from './events/procedure.ts';
export { queueStates } from './events/queues.ts';
export type * from './events/queues.ts';
export type * from './events/run.ts';
export { thresholdMetrics } from './events/runbook-facts.ts';
export type * from './events/runbook-facts.ts';
export type * from './events/sandbox.ts';
export type * from './events/stamp.ts';
export type * from './events/wall.ts';

export type HistoryEvent = Stamp & EventBody;

export type EventBody =
  | run.RunStarted
  | run.PhaseStarted
  | run.PhaseEnded
  | run.ArmStarted
  | run.ArmEnded
  | run.Note
  | run.Interrupted
  | run.Broken
  | run.RunEnded
  | EnvironmentSeen
  | ScenarioPlanned
  | Sample
  | ContainersSeen
  | ContainerEvent
  | RedisSeen
  | RedisCommands
  | RedisEnding
  | LeftBehind
  | Pressure
  | Settings
  | JobIdsGiven
  | Enqueued
  | Unacknowledged
  | Outcomes
  | Held
  | Residue
  | Effects
  | FaultInjecting
  | FaultProved
  | FaultHealed
  | ProcedureStarted
  | CommandRan
  | PromptSeen
  | ProcedureEnded
  | WallMet
  | ClockChanged
  | ControlRecalled
  | DrillEvent;

/** A whole control arm of an earlier run, in place of one that this run would have recorded. */
export interface ControlRecalled {
  readonly type: 'control.recalled';
  /** The run that recorded it. */
  readonly run: string;
  /** ISO 8601. */
  readonly recordedAt: string;
  /** Its events, with the times of that run. */
  readonly events: readonly HistoryEvent[];
}
