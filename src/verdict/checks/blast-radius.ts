import type { ArmRecord } from '../arm-record.ts';
import { locationAt } from '../blame.ts';
import type { Check, Finding } from '../run-report.ts';
import { column, type Moment, type SeenContainer } from '../timeline.ts';
import { fail, inconclusive, isNonEmpty, pass, seconds, type ScenarioContext } from './check.ts';

const id = 'blast-radius';

/**
 * The rest of the fleet must be left alone: no procedure restarts a service that was not hit, and when the books are closed all is as it was
 * in the steady state: no queue is paused that was not hit, and no service is down or keeps restarting; what was hit is health's
 * business. And nothing is left set otherwise: no concurrency or rate limit of any queue, and nothing of Redis that the safety of jobs
 * hangs on.
 */
export function checkBlastRadius({ run, rules, treatment }: ScenarioContext): Check {
  const before = treatment && lastSample(treatment, treatment.phase('baseline')?.ended?.t);
  const end = treatment && (treatment.phase('account')?.ended ?? treatment.last);
  const after = treatment && lastSample(treatment, end?.t);
  if (!treatment || !before || !end || !after || after.t <= before.t)
    return inconclusive(id, 'what became of the rest of the fleet was not seen');
  if (end.s - after.s > rules.gapLimitMs)
    return inconclusive(id, `the queues were not sampled in the last ${seconds(end.s - after.s)} of sandbox time`);
  const since = treatment.timeline.moments.filter(({ t }) => t > before.t && t <= after.t);
  const others = {
    queues: run.queues.filter(({ name }) => !rules.queues.includes(name)),
    services: [...new Set(before.containers.map(({ service }) => service))].filter(
      (service) => !rules.services.includes(service),
    ),
  };
  const stillS = after.s - rules.sustainMs;
  const findings = [
    ...others.queues.flatMap(({ name }) => pausedFinding(name, before, since, treatment)),
    ...others.services.flatMap((service) => downFinding(service, before, since, treatment)),
    ...others.services.flatMap((service) => restartFinding(service, since, stillS)),
    ...others.services.flatMap((service) => interruptionFinding(service, [before, ...since], treatment)),
    ...settingFindings(treatment.settings),
  ];
  if (isNonEmpty(findings)) return fail(id, findings);
  const unread = unreadSettings(treatment.settings);
  if (unread !== undefined) return inconclusive(id, unread);
  return pass(id, 'no other queue was left paused, no other service restarted or left down, and nothing set otherwise');
}

function lastSample({ timeline }: ArmRecord, untilT = -Infinity): Moment | undefined {
  return timeline.moments.findLast(({ t, sampled, rows }) => sampled && rows !== undefined && t <= untilT);
}

function pausedFinding(queue: string, before: Moment, since: readonly Moment[], arm: ArmRecord): readonly Finding[] {
  const isPaused = ({ rows }: Moment): boolean => rows?.get(queue)?.[column.flag] === 1;
  const begun = isPaused(before) ? undefined : lastBegun(since, isPaused);
  return begun ? [{ message: `the queue ${queue}, which was not hit, is left paused`, ...located(arm, begun) }] : [];
}

function downFinding(service: string, before: Moment, since: readonly Moment[], arm: ArmRecord): readonly Finding[] {
  const running = (moment: Moment): number => of(service, moment).filter(isUp).length;
  const begun = lastBegun(since, (moment) => running(moment) < running(before));
  if (!begun) return [];
  const end = since.at(-1);
  const down = end && of(service, end).find((container) => !isUp(container));
  const state = down ? `left ${down.state.toLowerCase() === 'running' ? down.health : down.state}` : 'gone';
  return [{ message: `${service}, which was not hit, is ${state}`, ...located(arm, begun) }];
}

/** A container that was started again by the engine in the time for which health has to last will be again. */
function restartFinding(service: string, since: readonly Moment[], stillS: number): readonly Finding[] {
  const [from, end] = [since.findLast(({ s }) => s <= stillS), since.at(-1)];
  if (!from || !end) return [];
  const restarted = of(service, end).some(({ name, restarts }) =>
    of(service, from).some((earlier) => earlier.name === name && earlier.restarts < restarts),
  );
  return restarted ? [{ message: `${service}, which was not hit, keeps restarting` }] : [];
}

/** News of a container comes with the engine's event, or at the latest with the next look at all of them; real ms. */
const newsMs = 1000;

/** Who restarts what was well interrupts its jobs, however soon it is up again. */
function interruptionFinding(service: string, moments: readonly Moment[], arm: ArmRecord): readonly Finding[] {
  const started = moments.find((now, index) => {
    const earlier = of(service, moments[index - 1] ?? now);
    return (
      of(service, now).some(({ name, startedAt }) =>
        earlier.some((container) => container.name === name && container.startedAt !== startedAt),
      ) && ranWithin(arm, now.t - newsMs, now.t)
    );
  });
  return started ? [{ message: `${service}, which was not hit, was restarted`, ...located(arm, started) }] : [];
}

function ranWithin({ procedures }: ArmRecord, fromT: number, untilT: number): boolean {
  return procedures.some(({ started, ended }) => started.t <= untilT && (!ended || ended.t >= fromT));
}

const described: Readonly<Record<string, string>> = {
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
        const what = described[name] ?? name;
        return now === undefined
          ? `the queue ${queue} had ${what} of ${was}, and is left without`
          : `the queue ${queue} is left with ${what} of ${now}${was === undefined ? '' : `; it was ${was}`}`;
      }),
    ),
    ...changes(before.redis, after.redis).map(
      ([name, was, now]) => `Redis is left with ${name} "${now}"; it was "${was}"`,
    ),
  ].map((message) => ({ message }));
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
function lastBegun(since: readonly Moment[], holds: (moment: Moment) => boolean): Moment | undefined {
  return since[since.findLastIndex((moment) => !holds(moment)) + 1];
}

function of(service: string, { containers }: Moment): readonly SeenContainer[] {
  return containers.filter((container) => container.service === service);
}

function isUp({ state, health }: SeenContainer): boolean {
  return state.toLowerCase() === 'running' && health !== 'unhealthy';
}

function located(arm: ArmRecord, { t }: Moment): Pick<Finding, 'location'> {
  const location = locationAt(arm, t);
  return location ? { location } : {};
}
