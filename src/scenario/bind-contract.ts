import type { HealthSpec, Touches } from '../history/events.ts';
import type { JobContract } from '../history/job-contract.ts';
import { defined } from '../kernel/defined.ts';
import type { Runbook } from '../runbook/runbook.ts';
import type { ScenarioSpec } from './define-scenario.ts';
import type { ScenarioNames } from './scenario-names.ts';

/** What must be healthy again, as the history records it. */
export function bindHealth(health: ScenarioSpec['health'], names: ScenarioNames): HealthSpec {
  const { queues, services, failed, delayed, sustain, within, wedgeGrace } = health;
  return {
    queues: names.queues(queues, ['health', 'queues']),
    services: services.map((service, index) => names.service(service, ['health', 'services', index])),
    ...defined({ failed, delayed }),
    sustainMs: sustain,
    withinMs: within,
    wedgeGraceMs: wedgeGrace,
  };
}

/** What the procedures may touch, as the history records it. */
export function bindTouches(
  { touches, health }: Pick<ScenarioSpec, 'touches' | 'health'>,
  names: ScenarioNames,
  runbook: Pick<Runbook, 'states'>,
): Touches {
  const {
    services = health.services,
    servicesAtOnce,
    promisedBy,
    servicesFor,
    queues = health.queues,
    queuesFor,
    redis = services.some((service) => names.isRedis(service)) ? ['config|set'] : [],
  } = touches;
  return {
    services: services.map((service, index) => names.service(service, ['touches', 'services', index])),
    queues: names.queues(queues, ['touches', 'queues']),
    redis,
    ...defined({
      servicesAtOnce: promisedBy && !runbook.states(promisedBy) ? undefined : servicesAtOnce,
      servicesForMs: servicesFor,
      queuesForMs: queuesFor,
    }),
  };
}

/** What may happen to the jobs, as the history records it. */
export function bindJobs(jobs: ScenarioSpec['jobs'], names: ScenarioNames): JobContract {
  const { atLeast, removedFrom, removedOf, inOrder, unsynced, ...limits } = jobs;
  return defined({
    ...limits,
    atLeast: Object.keys(atLeast).length > 0 ? atLeast : undefined,
    inOrder: inOrder && names.queues(inOrder, ['jobs', 'inOrder']),
    unsynced: unsynced || undefined,
    removedOf,
    removedFrom: removedFrom === 'all' ? undefined : names.queues(removedFrom, ['jobs', 'removedFrom']),
  });
}
