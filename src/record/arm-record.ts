import type {
  CommandRan,
  ControlRecalled,
  FaultProved,
  HistoryEvent,
  Phase,
  PhaseEnded,
  Pressure,
  ProcedureEnded,
  ProcedureStarted,
  PromptSeen,
  Settings,
  WallMet,
} from '../history/events.ts';
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

/** Everything the history says of one arm of a scenario. */
export class ArmRecord {
  started: Instant | undefined;
  ended: Instant | undefined;
  /** Why the run did not go on in the midst of this arm: it could not, or it was interrupted. */
  brokenOff: string | undefined;
  /** The newest event of the arm. */
  last: Instant | undefined;
  injecting: Instant | undefined;
  proved: (FaultProved & Instant) | undefined;
  /** It is an arm of an earlier run: its times are that run's. */
  recalled: Pick<ControlRecalled, 'run' | 'recordedAt'> | undefined;
  readonly phases: PhaseRecord[] = [];
  readonly procedures: ProcedureRecord[] = [];
  /** What the sandbox's wall refused or spared, in its order. */
  readonly wall: (WallMet & Instant)[] = [];
  readonly pressure: (Pressure & Instant)[] = [];
  /** What was set for queues and for Redis in the steady state, and when all was done. */
  readonly settings: { [M in Settings['moment']]?: Settings } = {};
  readonly timeline = new Timeline();
  readonly ledger = new Ledger();
  readonly order: PriorityOrder;

  /** @param inOrder the queues whose order of priorities is looked at */
  constructor(inOrder: readonly string[] = []) {
    this.order = new PriorityOrder(inOrder);
  }

  /** The arm that was recorded then, as a record of its own. */
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
    this.#mark(event);
    this.#follow(event);
  }

  phase(name: Phase): PhaseRecord | undefined {
    return this.phases.findLast((record) => record.phase === name);
  }

  #mark(event: HistoryEvent): void {
    const at = { t: event.t, s: event.s };
    if (event.type === 'arm.started') this.started = at;
    if (event.type === 'arm.ended') this.ended = at;
    if (event.type === 'fault.injecting') this.injecting ??= at;
    if (event.type === 'fault.proved') this.proved = event;
    if (event.type === 'wall') this.wall.push(event);
    if (event.type === 'pressure') this.pressure.push(event);
    if (event.type === 'settings') this.settings[event.moment] = event;
    if (event.type === 'phase.started') this.phases.push({ phase: event.phase, started: at, ended: undefined });
    if (event.type === 'phase.ended') {
      if (event.outcome === 'interrupted') this.brokenOff ??= 'interrupted';
      const { outcome, message } = event;
      const ended = { ...at, outcome, ...(message === undefined ? {} : { message }) };
      replaceLast(this.phases, (record) => record.phase === event.phase && !record.ended, { ended });
    }
  }

  #follow(event: HistoryEvent): void {
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
