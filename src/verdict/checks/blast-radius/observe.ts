import type { ArmRecord } from '../../../record/arm-record.ts';
import { column, type Moment } from '../../../record/timeline.ts';
import { running, type Watch } from './watch.ts';

/** The moments from the last one before the first procedure on. */
function sinceProcedures({ before, since, arm }: Watch): readonly Moment[] {
  const firstT = arm.procedures[0]?.started.t ?? Infinity;
  const all = [before, ...since];
  const index = all.findLastIndex(({ t }) => t <= firstT);
  return firstT === Infinity ? [] : all.slice(index);
}

export function isPaused(queue: string, { rows }: Moment): boolean {
  return rows?.get(queue)?.[column.flag] === 1;
}

/** A state that lasted for some time. */
export interface Spell {
  readonly at: Moment;
  readonly ms: number;
}

/** The longest time for which something held that did not hold when the procedures began; sandbox ms. */
export function longestSpell(holds: (moment: Moment) => boolean, watch: Watch): Spell | undefined {
  const [first, ...later] = sinceProcedures(watch);
  if (!first || holds(first)) return undefined;
  let longest: Spell | undefined;
  let since: Moment | undefined;
  for (const moment of later) {
    since = holds(moment) ? (since ?? moment) : undefined;
    if (since && moment.s - since.s >= (longest?.ms ?? 0)) longest = { at: since, ms: moment.s - since.s };
  }
  return longest;
}

/** When a queue was first paused that was not paused before the procedures. */
export function pausedAt(queue: string, watch: Watch): Moment | undefined {
  const [first, ...later] = sinceProcedures(watch);
  return first && !isPaused(queue, first) ? later.find((moment) => isPaused(queue, moment)) : undefined;
}

/** A sample may come so late, real ms. */
const sampledWithinMs = 1000;

/** Jobs that are in their queue no more. */
export interface Gone {
  readonly at: Moment;
  readonly jobs: number;
}

/**
 * When failed jobs first left their queue while a procedure ran, and how many. BullMQ itself takes one away only when
 * another one fails.
 */
export function failedLeft(queue: string, watch: Watch): Gone | undefined {
  return losses(queue, column.failed, sinceProcedures(watch)).find(({ at }) => ranWithin(watch.arm, at.t));
}

/**
 * The same for completed jobs. Each completion can make BullMQ take away one job that is too many, so their number only
 * falls if a procedure removes or retries some, or if jobs expire. A queue whose jobs expire also loses some before the
 * procedures, or without them: such a queue shows nothing. If some leave after the procedures too, it is not sure who
 * took them.
 */
export function completedLeft(queue: string, watch: Watch): (Gone & { readonly isSure: boolean }) | undefined {
  const { arm, control, before, since } = watch;
  const firstT = arm.procedures[0]?.started.t ?? Infinity;
  const lost = losses(queue, column.kept, [before, ...since]);
  const inControl = losses(queue, column.kept, control?.timeline.moments ?? []);
  if (inControl.length > 0 || lost.some(({ at }) => at.t < firstT)) return undefined;
  const [first, ...others] = lost;
  if (!first || !ranWithin(arm, first.at.t)) return undefined;
  return { ...first, isSure: others.every(({ at }) => ranWithin(arm, at.t)) };
}

/** What Redis lost when it was down is not counted: its file may be older than the last sample. */
function losses(queue: string, figure: typeof column.failed | typeof column.kept, moments: readonly Moment[]): Gone[] {
  const found: Gone[] = [];
  let last: number | undefined;
  for (const at of moments) {
    if (!at.redisUp) last = undefined;
    else if (at.sampled) {
      const now = at.rows?.get(queue)?.[figure] ?? 0;
      if (last !== undefined && last > now) found.push({ at, jobs: last - now });
      last = now;
    }
  }
  return found;
}

function ranWithin({ procedures }: ArmRecord, t: number): boolean {
  return procedures.some(({ started, ended }) => started.t <= t && (!ended || ended.t >= t - sampledWithinMs));
}

/** The services that were up when the first procedure began, and are down at each moment after it. */
export function downSince(
  services: readonly string[],
  watch: Watch,
): readonly { readonly at: Moment; readonly down: readonly string[] }[] {
  const [first, ...later] = sinceProcedures(watch);
  if (!first) return [];
  const up = services.filter((service) => running(service, first) > 0);
  return later.map((at) => ({ at, down: up.filter((service) => running(service, at) === 0) }));
}

/** These orders take a service away, and the others bring it back. */
const takesAway = /^(?:stop|kill|pause|remove|restart) /;
const bringsBack = /^(?:restart|start|unpause) /;

/** What these orders do is done at once: a service that runs some time after them has been started again. */
const endsAtOnce = /^(?:kill|remove) /;
/** News of a container comes this late at most, real ms. */
const newsMs = 1000;

interface Away {
  readonly attempt: string;
  readonly t: number;
}

/**
 * The services whose jobs were interrupted at the same time, at each order that interrupts one. A service is
 * interrupted from the order on until the engine has started it again. All that can lie between two looks at the
 * containers.
 */
export function interruptedTogether(
  services: readonly string[],
  watch: Watch,
): readonly { readonly at: Pick<Moment, 't'>; readonly down: readonly string[] }[] {
  const { arm, since } = watch;
  const untilT = since.at(-1)?.t ?? 0;
  // Old histories do not say when an order was carried out.
  if (!arm.wall.some(({ outcome }) => outcome === 'finished')) return [];
  const away = new Map<string, Away>();
  return arm.wall.flatMap(({ outcome, attempt, service = '', t }) => {
    if (t > untilT || !services.includes(service)) return [];
    if (outcome === 'finished' && bringsBack.test(attempt)) away.delete(service);
    if (outcome !== 'obeyed' || !takesAway.test(attempt)) return [];
    for (const [name, order] of away) if (isBack(name, order, t, watch)) away.delete(name);
    away.set(service, { attempt, t });
    return [{ at: { t }, down: [...away.keys()] }];
  });
}

/** Whether a service is up again by this time, although no order started it: a restart policy may have done so. */
function isBack(service: string, { attempt, t }: Away, untilT: number, { arm, since }: Watch): boolean {
  const isLater = (at: Pick<Moment, 't'>): boolean => at.t > t + newsMs && at.t <= untilT;
  if (arm.starts.some((start) => start.service === service && isLater(start))) return true;
  return endsAtOnce.test(attempt) && since.some((moment) => isLater(moment) && running(service, moment) > 0);
}
