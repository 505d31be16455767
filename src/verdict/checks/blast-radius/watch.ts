import type { Location } from '../../../kernel/errors.ts';
import { defined, type Defined } from '../../../kernel/defined.ts';
import type { ArmRecord } from '../../../record/arm-record.ts';
import type { Moment, SeenContainer } from '../../../record/timeline.ts';
import { locationAt } from '../../blame.ts';

/** What the check `blast-radius` looks at. */
export interface Watch {
  /** The steady state. */
  readonly before: Moment;
  /** From the steady state to the end. */
  readonly since: readonly Moment[];
  readonly arm: ArmRecord;
  /** The same without procedures, if the run has it. */
  readonly control: ArmRecord | undefined;
  /** A container that the engine restarted after this moment keeps restarting, sandbox ms since 1970. */
  readonly restartsCountFromS: number;
  /** Until then the check `recovered` looks at what the fault affected, real ms since the run's start. */
  readonly healthyT: number;
  /** Queues and services that the fault affected. */
  readonly affected: readonly string[];
  /** Services that the scenario allows a procedure to interrupt. */
  readonly mayInterrupt: readonly string[];
}

/** The first moment of a state that lasts to the end of the record. */
export function lastBegun(holds: (moment: Moment) => boolean, { since }: Watch): Moment | undefined {
  return since[since.findLastIndex((moment) => !holds(moment)) + 1];
}

/** Whether the check `recovered` judges what began at this moment. */
export function isJudgedByRecovered(name: string, { t }: Moment, { affected, healthyT }: Watch): boolean {
  return affected.includes(name) && t <= healthyT;
}

export function described(name: string, { affected }: Watch): string {
  return affected.includes(name) ? name : `${name} (unaffected by the fault)`;
}

/** The line of the command that ran at this moment, if one did. */
export function located(arm: ArmRecord, { t }: Pick<Moment, 't'>): Defined<{ location: Location | undefined }> {
  return defined({ location: locationAt(arm, t) });
}

type Values = Readonly<Record<string, string>>;

/** A value that is not what it was. Undefined: there was none, or there is none now. */
export interface Difference {
  readonly name: string;
  readonly was: string | undefined;
  readonly now: string | undefined;
}

export function differences(before: Values = {}, after: Values = {}): readonly Difference[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .map((name) => ({ name, was: before[name], now: after[name] }))
    .filter(({ was, now }) => was !== now);
}

/** A limit as a number. 0 means no limit, and the engine writes words for it as well. */
export function limitOf(text: string | undefined): number {
  const limit = Number(text);
  return limit > 0 ? limit : Infinity;
}

/** The containers of a service at this moment. */
export function containersOf(service: string, { containers }: Moment): readonly SeenContainer[] {
  return containers.filter((container) => container.service === service);
}

/** How many containers of a service are up at this moment. */
export function running(service: string, moment: Moment): number {
  return containersOf(service, moment).filter(isUp).length;
}

export function isUp({ state, health }: SeenContainer): boolean {
  return state.toLowerCase() === 'running' && health !== 'unhealthy';
}
