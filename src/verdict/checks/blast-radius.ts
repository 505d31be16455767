import type { ScenarioPlan } from '../../history/events.ts';
import type { ArmRecord } from '../../record/arm-record.ts';
import { locationAt } from '../blame.ts';
import type { HealthRules } from '../health.ts';
import { findRecovery } from '../recovery.ts';
import type { Check, Finding } from '../run-report.ts';
import { column, type Moment, type SeenContainer } from '../../record/timeline.ts';
import { fail, inconclusive, isNonEmpty, pass, seconds, type ScenarioContext } from './check.ts';

const id = 'blast-radius';

/**
 * The rest of the fleet must be left alone. No procedure stops, restarts or freezes a service that is not named in the scenario's
 * `health.services`. When the books are closed all is as it was in the steady state: no queue is paused and no service down, scaled up or
 * restarting again and again, unless it was hit, and is health's business until it has recovered. And nothing is left set otherwise: no
 * concurrency or rate limit of any queue, nothing of Redis that the safety of jobs hangs on, and no limit, restart policy, environment or
 * command of a container.
 */
export function checkBlastRadius({ run, plan, rules, treatment }: ScenarioContext): Check {
  const before = treatment && lastSample(treatment, treatment.phase('baseline')?.ended?.t);
  const end = treatment && (treatment.phase('account')?.ended ?? treatment.last);
  const after = treatment && lastSample(treatment, end?.t);
  if (!treatment || !before || !end || !after || after.t <= before.t)
    return inconclusive(id, 'what became of the rest of the fleet was not seen');
  if (end.s - after.s > rules.gapLimitMs)
    return inconclusive(id, `the queues were not sampled in the last ${seconds(end.s - after.s)} of sandbox time`);
  const since = treatment.timeline.moments.filter(({ t }) => t > before.t && t <= after.t);
  const services = [...new Set(before.containers.map(({ service }) => service))];
  const watch: Watch = {
    before,
    since,
    arm: treatment,
    stillS: after.s - rules.sustainMs,
    healthyT: healthyUntil(treatment, plan, rules),
    hit: [...rules.queues, ...rules.services],
  };
  const findings = [
    ...run.queues.flatMap(({ name }) => pausedFinding(name, watch)),
    ...services.flatMap((service) => serviceFindings(service, watch, plan.health.services.includes(service))),
    ...settingFindings(treatment.settings),
  ];
  if (isNonEmpty(findings)) return fail(id, findings);
  const unread = unreadSettings(treatment.settings);
  if (unread !== undefined) return inconclusive(id, unread);
  return pass(
    id,
    'nothing but what was hit was left paused or down, no service interrupted or scaled up, and nothing set otherwise',
  );
}

/** What is looked at. */
interface Watch {
  /** The steady state. */
  readonly before: Moment;
  readonly since: readonly Moment[];
  readonly arm: ArmRecord;
  /** What restarts later than this keeps restarting, sandbox ms since 1970. */
  readonly stillS: number;
  /** Until when health has looked at what was hit, real ms since the run's start. */
  readonly healthyT: number;
  /** Queues and services that were hit. */
  readonly hit: readonly string[];
}

function lastSample({ timeline }: ArmRecord, untilT = -Infinity): Moment | undefined {
  return timeline.moments.findLast(({ t, sampled, rows }) => sampled && rows !== undefined && t <= untilT);
}

function pausedFinding(queue: string, watch: Watch): readonly Finding[] {
  const isPaused = ({ rows }: Moment): boolean => rows?.get(queue)?.[column.flag] === 1;
  const begun = isPaused(watch.before) ? undefined : lastBegun(isPaused, watch);
  return begun && !isOfHealth(queue, begun, watch)
    ? [{ message: `the queue ${described(queue, watch)} is left paused`, ...located(watch.arm, begun) }]
    : [];
}

/** @param isNamed whether the scenario says that it may be interrupted */
function serviceFindings(service: string, watch: Watch, isNamed: boolean): readonly Finding[] {
  const down = downFinding(service, watch);
  return [
    ...down,
    ...scaledFinding(service, watch),
    ...setUpFindings(service, watch, isNamed),
    ...restartFinding(service, watch),
    // What is left down was interrupted, too.
    ...(down.length > 0 || isNamed ? [] : interruptionFinding(service, watch)),
  ];
}

function downFinding(service: string, watch: Watch): readonly Finding[] {
  const { before, since, arm } = watch;
  const begun = lastBegun((moment) => running(service, moment) < running(service, before), watch);
  if (!begun || isOfHealth(service, begun, watch)) return [];
  const end = since.at(-1);
  const down = end && of(service, end).find((container) => !isUp(container));
  const state = down ? `left ${down.state.toLowerCase() === 'running' ? down.health : down.state}` : 'gone';
  return [{ message: `${described(service, watch)} is ${state}`, ...located(arm, begun) }];
}

/** More of them take more jobs at once than the fleet, and what it calls, are made for. */
function scaledFinding(service: string, watch: Watch): readonly Finding[] {
  const { before, since, arm } = watch;
  const had = of(service, before).length;
  const begun = lastBegun((moment) => running(service, moment) > had, watch);
  const has = running(service, since.at(-1) ?? before);
  const message = `${described(service, watch)} is left with ${has} containers; it had ${had}`;
  return begun ? [{ message, ...located(arm, begun) }] : [];
}

/** Of these more than before is a cure, where it is given to what was hit. */
const amounts: ReadonlySet<string> = new Set([
  'memory limit',
  'limit of memory and swap',
  'reservation of memory',
  'limit of processes',
  'limit of CPUs (1e-9)',
]);
/** Digests: they say nothing to a person. */
const digests: ReadonlySet<string> = new Set(['environment', 'command']);

/** What is still as it was when the first procedure began, or ever came to be without one, is not what a procedure left, but the fault. */
function setUpFindings(service: string, watch: Watch, isNamed: boolean): readonly Finding[] {
  const { before, since, arm } = watch;
  const end = since.at(-1) ?? before;
  const broken = since.findLast(({ t }) => t <= (arm.procedures[0]?.started.t ?? Infinity)) ?? before;
  const [made, faulty] = [of(service, before)[0]?.setUp, of(service, broken)[0]?.setUp];
  if (!made) return [];
  const found = of(service, end).flatMap(({ setUp }) => (setUp ? changes(made, setUp) : []));
  return [...new Map(found.map((change) => [change[0], change])).values()]
    .filter(([name, , now]) => faulty?.[name] !== now)
    .filter(([name, was, now]) => !(isNamed && amounts.has(name) && limitOf(now) > limitOf(was)))
    .map(([name, was = 'none', now = 'none']) => {
      const values = digests.has(name) ? '' : `: ${now}; it was ${was}`;
      const message = `${described(service, watch)} is left with another ${name}${values}`;
      const begun = lastBegun((moment) => of(service, moment).some(({ setUp }) => setUp?.[name] === now), watch);
      return { message, ...(begun ? located(arm, begun) : {}) };
    });
}

/** A container that was started again by the engine in the time for which health has to last will be again. */
function restartFinding(service: string, watch: Watch): readonly Finding[] {
  const { since, stillS } = watch;
  const [from, end] = [since.findLast(({ s }) => s <= stillS), since.at(-1)];
  if (!from || !end || watch.hit.includes(service)) return [];
  const restarted = of(service, end).some(({ name, restarts }) =>
    of(service, from).some((earlier) => earlier.name === name && earlier.restarts < restarts),
  );
  return restarted ? [{ message: `${described(service, watch)} keeps restarting` }] : [];
}

/** News of a container comes with the engine's event, or at the latest with the next look at all of them; real ms. */
const newsMs = 1000;

const interrupted: Readonly<Record<string, string>> = {
  stop: 'stopped',
  restart: 'restarted',
  kill: 'killed',
  pause: 'frozen',
  remove: 'removed',
};

/**
 * Who interrupts what was well interrupts its jobs, however soon it is up again. The wall tells of each order; what is ended from within, a
 * process in its container, is seen by its new start.
 */
function interruptionFinding(service: string, watch: Watch): readonly Finding[] {
  const { before, since, arm } = watch;
  const untilT = since.at(-1)?.t ?? before.t;
  const ordered = arm.wall.find((met) => met.outcome === 'obeyed' && met.service === service && met.t <= untilT);
  if (ordered) {
    const [order = ''] = ordered.attempt.split(' ');
    return [{ message: `${described(service, watch)} was ${interrupted[order] ?? order}`, ...located(arm, ordered) }];
  }
  const moments = [before, ...since];
  const started = moments.find((now, index) => {
    const earlier = of(service, moments[index - 1] ?? now);
    return (
      of(service, now).some(({ name, startedAt }) =>
        earlier.some((container) => container.name === name && container.startedAt !== startedAt),
      ) && ranWithin(arm, now.t - newsMs, now.t)
    );
  });
  return started ? [{ message: `${described(service, watch)} was restarted`, ...located(arm, started) }] : [];
}

/** What was hit is health's business, up to when nobody looks at health any more. */
function isOfHealth(name: string, { t }: Moment, { hit, healthyT }: Watch): boolean {
  return hit.includes(name) && t <= healthyT;
}

/** The end of the window in which what was hit was found healthy. Without one it is health that fails, or nothing was broken. */
function healthyUntil(arm: ArmRecord, plan: ScenarioPlan, rules: HealthRules): number {
  const recovery = findRecovery(arm, rules, plan.health);
  return recovery?.outcome.window?.end.t ?? (recovery || plan.fault ? Infinity : -Infinity);
}

function described(name: string, { hit }: Watch): string {
  return hit.includes(name) ? name : `${name}, which was not hit,`;
}

function ranWithin({ procedures }: ArmRecord, fromT: number, untilT: number): boolean {
  return procedures.some(({ started, ended }) => started.t <= untilT && (!ended || ended.t >= fromT));
}

const settingNames: Readonly<Record<string, string>> = {
  concurrency: 'a global concurrency',
  max: 'a global limit of jobs',
  duration: 'a window of its global limit, in ms,',
};

function settingFindings({ before, after }: ArmRecord['settings']): readonly Finding[] {
  if (!before?.complete || !after?.complete) return [];
  const queues = [...new Set([...Object.keys(before.queues), ...Object.keys(after.queues)])];
  return [
    ...queues.flatMap((queue) =>
      changes(before.queues[queue], after.queues[queue]).map(([name, was, now]) => {
        const what = settingNames[name] ?? name;
        return now === undefined
          ? `the queue ${queue} had ${what} of ${was}, and is left without`
          : `the queue ${queue} is left with ${what} of ${now}${was === undefined ? '' : `; it was ${was}`}`;
      }),
    ),
    ...changes(before.redis, after.redis)
      // More memory than before is a cure of its own.
      .filter(([name, was, now]) => name !== 'maxmemory' || limitOf(now) < limitOf(was))
      .map(([name, was, now]) => `Redis is left with ${name} "${now}"; it was "${was}"`),
  ].map((message) => ({ message }));
}

/** 0 is no limit, and so is what the engine says in its place. */
function limitOf(text: string | undefined): number {
  const limit = Number(text);
  return limit > 0 ? limit : Infinity;
}

type Values = Readonly<Record<string, string>>;

function changes(
  before: Values = {},
  after: Values = {},
): readonly (readonly [name: string, was: string | undefined, now: string | undefined])[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .map((name) => [name, before[name], after[name]] as const)
    .filter(([, was, now]) => was !== now);
}

function unreadSettings({ before, after }: ArmRecord['settings']): string | undefined {
  if (before?.complete && after?.complete) return undefined;
  const reason = before?.message ?? after?.message ?? 'it was not read';
  return `what is set for the queues and for Redis is not known (${reason})`;
}

/** The first moment of a state in which the record ends. */
function lastBegun(holds: (moment: Moment) => boolean, { since }: Watch): Moment | undefined {
  return since[since.findLastIndex((moment) => !holds(moment)) + 1];
}

function of(service: string, { containers }: Moment): readonly SeenContainer[] {
  return containers.filter((container) => container.service === service);
}

function running(service: string, moment: Moment): number {
  return of(service, moment).filter(isUp).length;
}

function isUp({ state, health }: SeenContainer): boolean {
  return state.toLowerCase() === 'running' && health !== 'unhealthy';
}

function located(arm: ArmRecord, { t }: Pick<Moment, 't'>): Pick<Finding, 'location'> {
  const location = locationAt(arm, t);
  return location ? { location } : {};
}
