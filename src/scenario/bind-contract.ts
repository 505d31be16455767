import type { HealthSpec } from '../history/events.ts';
import type { JobContract } from '../history/job-contract.ts';
import { defined } from '../kernel/defined.ts';
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

/** What may happen to the jobs, as the history records it. */
export function bindJobs(jobs: ScenarioSpec['jobs'], names: ScenarioNames): JobContract {
  const { removedFrom, removedOf, inOrder, unsynced, ...limits } = jobs;
  return defined({
    ...limits,
    inOrder: inOrder && names.queues(inOrder, ['jobs', 'inOrder']),
    unsynced: unsynced || undefined,
    removedOf,
    removedFrom: removedFrom === 'all' ? undefined : names.queues(removedFrom, ['jobs', 'removedFrom']),
  });
}
