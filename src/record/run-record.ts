import type {
  Arm,
  ClockChanged,
  EnvironmentSeen,
  HistoryEvent,
  Phase,
  RunStarted,
  ScenarioPlan,
} from '../history/events.ts';
import { isJobIdOfVersion1 } from '../history/job-ids.ts';
import { defined } from '../kernel/defined.ts';
import { ArmRecord, type Instant } from './arm-record.ts';

export interface ScenarioRecord {
  readonly plan: ScenarioPlan;
  readonly arms: { readonly [A in Arm]?: ArmRecord };
}

/** How far a run got. */
export interface Reached {
  readonly phase: Phase;
  readonly scenario?: string;
  readonly arm?: Arm;
  /** The phase had ended and the next had not begun. */
  readonly isOver: boolean;
}

/**
 * Everything a history says, sorted by scenario and arm, because scenarios can run side by side. Fed one event after
 * the other. The judge reads this and not the events themselves.
 */
export class RunRecord {
  run: RunStarted | undefined;
  environment: EnvironmentSeen | undefined;
  interrupted: string | undefined;
  /** Why the run broke. */
  broken: string | undefined;
  leftovers: readonly string[] | undefined;
  first: Instant | undefined;
  last: Instant | undefined;
  /** The last phase that began before the run ended, was interrupted or broke. */
  reached: Reached | undefined;
  /** The sequence number after which events are missing. */
  gapAfter: number | undefined;
  readonly notes: string[] = [];
  /** The changes of the sandboxes' clocks, at the moments at which they were recorded. */
  readonly clockChanges: (ClockChanged & Instant & Pick<HistoryEvent, 'scenario' | 'arm'>)[] = [];
  readonly scenarios = new Map<string, { readonly plan: ScenarioPlan; readonly arms: { [A in Arm]?: ArmRecord } }>();
  /** Phases of the run as a whole that did not end well. */
  readonly brokenPhases: { readonly phase: Phase; readonly outcome: string; readonly message: string | undefined }[] =
    [];
  #seq = -1;

  push(event: HistoryEvent): void {
    if (event.seq !== this.#seq + 1) this.gapAfter ??= this.#seq;
    this.#seq = event.seq;
    this.last = { t: event.t, s: event.s };
    this.first ??= this.last;
    this.#recordRun(event);
    this.#armOf(event)?.push(event);
  }

  #recordRun(event: HistoryEvent): void {
    switch (event.type) {
      case 'run.started':
        this.run ??= event;
        break;
      case 'environment':
        this.environment = event;
        break;
      case 'scenario.planned':
        this.scenarios.set(event.plan.id, { plan: event.plan, arms: {} });
        break;
      case 'phase.started': {
        // After an interrupt only the teardown runs. It is not the phase that was interrupted.
        if (this.interrupted !== undefined || this.broken !== undefined) break;
        const { phase, scenario, arm } = event;
        this.reached = { isOver: false, phase, ...defined({ scenario, arm }) };
        break;
      }
      case 'phase.ended':
        if (this.reached?.phase === event.phase && (event.outcome === 'done' || event.outcome === 'timed-out'))
          this.reached = { ...this.reached, isOver: true };
        if (event.arm === undefined && event.outcome !== 'done')
          this.brokenPhases.push({ message: undefined, ...event });
        break;
      case 'fault.healed':
        if (!event.healed)
          this.notes.push(
            `the fault \`${event.kind}\` of ${event.scenario ?? 'the run'} did not heal: ${event.message ?? 'no reason given'}`,
          );
        break;
      case 'note':
        this.notes.push(event.message);
        break;
      case 'clock.changed':
        this.clockChanges.push(event);
        if (event.lateMs !== undefined && event.lateMs > 0)
          this.notes.push(
            `the clock of ${event.scenario ?? 'the sandbox'} may have leapt: a change of its rate was published ${event.lateMs} ms late`,
          );
        break;
      case 'wall':
        if (event.outcome === 'spared' && !this.notes.includes(event.message)) this.notes.push(event.message);
        break;
      case 'interrupted':
        this.interrupted ??= event.reason;
        break;
      case 'broken':
        this.broken ??= event.reason;
        for (const arm of this.#openArms()) arm.brokenOff ??= event.reason;
        break;
      case 'run.ended':
        this.leftovers = event.leftovers;
        break;
      default:
    }
  }

  #openArms(): readonly ArmRecord[] {
    const arms = [...this.scenarios.values()].flatMap((scenario) => Object.values(scenario.arms));
    return arms.filter(({ ended }) => ended === undefined);
  }

  /** The record of the arm that the event belongs to. */
  #armOf(event: HistoryEvent): ArmRecord | undefined {
    if (event.scenario === undefined || event.arm === undefined) return undefined;
    const scenario = this.scenarios.get(event.scenario);
    if (!scenario) return undefined;
    const { arms, plan } = scenario;
    if (event.type === 'control.recalled') {
      arms.control = ArmRecord.recall(event, plan.jobs.inOrder);
      return undefined;
    }
    // A scenario starts over if its sandbox was rebuilt. Only its last attempt counts.
    const isEarlier = this.run?.historyVersion === 1 ? isJobIdOfVersion1 : undefined;
    if (event.type === 'arm.started' || !arms[event.arm]) arms[event.arm] = new ArmRecord(plan.jobs.inOrder, isEarlier);
    return arms[event.arm];
  }
}
