import type {
  CommandRan,
  ContainerEvent,
  ControlRecalled,
  FaultHealed,
  FaultProved,
  HistoryEvent,
  LeftBehind,
  Phase,
  PhaseEnded,
  Pressure,
  ProcedureEnded,
  ProcedureStarted,
  PromptSeen,
  RedisCommands,
  RedisEnding,
  Settings,
  Stamp,
  WallMet,
} from '../history/events.ts';
import { defined } from '../kernel/defined.ts';
import { Ledger } from './ledger.ts';
import { PriorityOrder } from './priority-order.ts';
import { Timeline } from './timeline.ts';

/** A moment on both clocks: real ms since the run's start, sandbox ms since 1970. */
export interface Instant {
  readonly t: number;
  readonly s: number;
}

export interface PhaseRecord {
  readonly phase: Phase;
  readonly started: Instant;
  readonly ended: (Instant & Pick<PhaseEnded, 'outcome' | 'message'>) | undefined;
}

export interface ProcedureRecord {
  readonly started: ProcedureStarted & Instant;
  readonly commands: CommandRan[];
  readonly prompts: PromptSeen[];
  readonly ended: (ProcedureEnded & Instant) | undefined;
}

/**
 * Everything a history says about one arm of a scenario. Fed the arm's events one after the other, it passes them on to
 * the timeline (what was seen when), the ledger (what happened to each job) and the order of priorities, and keeps the
 * phases and procedures itself.
 */
export class ArmRecord {
  started: Instant | undefined;
  ended: Instant | undefined;
  /** Why the run ended in the middle of this arm: it broke or was interrupted. */
  brokenOff: string | undefined;
  /** The newest event of the arm. */
  last: Instant | undefined;
  injecting: Instant | undefined;
  proved: (FaultProved & Instant) | undefined;
  /** The fault was taken back, or that was tried. */
  healed: (FaultHealed & Instant) | undefined;
  /** Set if an earlier run recorded this arm. Its times are that run's. */
  recalled: Pick<ControlRecalled, 'run' | 'recordedAt'> | undefined;
  readonly phases: PhaseRecord[] = [];
  readonly procedures: ProcedureRecord[] = [];
  /** What the sandbox's wall recorded, in its order. */
  readonly wall: (WallMet & Instant)[] = [];
  readonly pressure: (Pressure & Instant)[] = [];
  /** The settings of queues and Redis in the steady state, and at the end. */
  readonly settings: { [M in Settings['moment']]?: Settings } = {};
  /** Files and processes in containers that the arm left there. */
  leftBehind: Pick<LeftBehind, 'services' | 'unread'> = { services: [] };
  /** Commands for the whole of Redis, before and after each block whose Redis answered. */
  readonly redisCommands: (RedisCommands & Stamp)[] = [];
  /** The last counts of each Redis that an order of a procedure ended. */
  readonly redisEndings: (RedisEnding & Stamp)[] = [];
  /** When the engine started containers. */
  readonly starts: (ContainerEvent & Instant)[] = [];
  readonly timeline = new Timeline();
  readonly ledger: Ledger;
  readonly order: PriorityOrder;

  /**
   * @param inOrder the queues whose jobs must be done in order of priority
   * @param isEarlier see `Ledger`
   */
  constructor(inOrder: readonly string[] = [], isEarlier?: (id: string) => boolean) {
    this.ledger = new Ledger(isEarlier);
    this.order = new PriorityOrder(inOrder);
  }

  /** The record of an arm that an earlier run recorded. */
  static recall({ run, recordedAt, events }: ControlRecalled, inOrder?: readonly string[]): ArmRecord {
    const record = new ArmRecord(inOrder);
    record.recalled = { run, recordedAt };
    for (const event of events) record.push(event);
    return record;
  }

  push(event: HistoryEvent): void {
    this.last = { t: event.t, s: event.s };
    this.timeline.push(event);
    this.ledger.push(event);
    this.order.push(event);
    this.#recordMoment(event);
    this.#recordProcedure(event);
  }

  phase(name: Phase): PhaseRecord | undefined {
    return this.phases.findLast((record) => record.phase === name);
  }

  #recordMoment(event: HistoryEvent): void {
    const at = { t: event.t, s: event.s };
    if (event.type === 'arm.started') this.started = at;
    if (event.type === 'arm.ended') this.ended = at;
    if (event.type === 'fault.injecting') this.injecting ??= at;
    if (event.type === 'fault.proved') this.proved = event;
    if (event.type === 'fault.healed') this.healed = event;
    if (event.type === 'wall') this.wall.push(event);
    if (event.type === 'pressure') this.pressure.push(event);
    if (event.type === 'left-behind') this.leftBehind = event;
    if (event.type === 'redis.commands') this.redisCommands.push(event);
    if (event.type === 'redis.ending') this.redisEndings.push(event);
    if (event.type === 'container' && event.action === 'start') this.starts.push(event);
    if (event.type === 'settings') this.settings[event.moment] = event;
    if (event.type === 'phase.started') this.phases.push({ phase: event.phase, started: at, ended: undefined });
    if (event.type === 'phase.ended') {
      if (event.outcome === 'interrupted') this.brokenOff ??= 'interrupted';
      const { outcome, message } = event;
      const ended = { ...at, outcome, ...defined({ message }) };
      replaceLast(this.phases, (record) => record.phase === event.phase && !record.ended, { ended });
    }
  }

  #recordProcedure(event: HistoryEvent): void {
    if (event.type === 'procedure.started') {
      this.procedures.push({ started: event, commands: [], prompts: [], ended: undefined });
    }
    if (event.type !== 'command' && event.type !== 'prompt' && event.type !== 'procedure.ended') return;
    const isOpen = (record: ProcedureRecord): boolean => record.started.address === event.address && !record.ended;
    const open = this.procedures.findLast(isOpen);
    if (!open) return;
    if (event.type === 'command') open.commands.push(event);
    else if (event.type === 'prompt') open.prompts.push(event);
    else replaceLast(this.procedures, isOpen, { ended: event });
  }
}

function replaceLast<T>(list: T[], matches: (item: T) => boolean, change: Partial<T>): void {
  const index = list.findLastIndex(matches);
  const found = list[index];
  if (found !== undefined) list[index] = { ...found, ...change };
}
