import type { ClaimNames } from '../claims/claim.ts';
import { bindClaim, type ClaimSpec } from '../claims/claims.ts';
import type { QueueSelector } from '../claims/queue-selector.ts';
import type { Claim, PlannedStep, ScenarioPlan, ShownPattern } from '../history/events.ts';
import { InputError } from '../kernel/errors.ts';
import type { Procedure, Runbook } from '../runbook/runbook.ts';
import { findProcedures } from '../runbook/select-procedure.ts';
import type { Config } from '../config/define-config.ts';
import type { FaultSpec, JobsSpec, StepSpec } from './define-scenario.ts';
import type { LoadedScenario } from './load-scenarios.ts';

export interface BoundStep {
  readonly spec: StepSpec;
  readonly procedure: Procedure;
  readonly shows: readonly ShownPattern[];
  readonly achieves: readonly Claim[];
  readonly throughout: readonly Claim[];
}

/** Jobs on top of the load, with the queues they go to. */
export interface BoundJobs extends Omit<JobsSpec, 'queues'> {
  readonly queues: readonly string[];
}

export interface BoundBurst extends BoundJobs {
  readonly failedAgo?: number | undefined;
  readonly ofFault: boolean;
}

/** A scenario with its selectors resolved against one runbook and one fleet. */
export interface BoundScenario {
  readonly plan: ScenarioPlan;
  readonly fault: FaultSpec | undefined;
  /** The queues that the fault is about, or whose jobs it is. */
  readonly faultQueues: readonly string[];
  readonly burst: readonly BoundBurst[];
  readonly fresh: readonly string[];
  readonly demanding: boolean;
  readonly diagnosis: readonly BoundStep[];
  readonly recovery: readonly BoundStep[];
  readonly maintenance: readonly BoundStep[];
  readonly instead: readonly BoundStep[];
}

type Path = readonly PropertyKey[];

interface Surroundings {
  readonly scenario: LoadedScenario;
  readonly runbook: Runbook;
  readonly config: Config;
}

/**
 * Resolves every selector. A procedure or a threshold that the runbook does not have is recorded in the plan, for that is the
 * runbook's fault and a verdict on it; a queue or service that the fleet does not have is the scenario's, and an InputError.
 */
export function bindScenario(
  scenario: LoadedScenario,
  runbook: Runbook,
  config: Config,
  summarise: (fault: FaultSpec) => string,
): BoundScenario {
  const surroundings = { scenario, runbook, config };
  const unbound: ScenarioPlan['unbound'][number][] = [];
  /** Once, in however many steps it stands. */
  const noteUnbound = (missing: ScenarioPlan['unbound'][number]): void => {
    if (!unbound.some(({ selector }) => selector === missing.selector)) unbound.push(missing);
  };
  const queues = (selector: QueueSelector, path: Path): readonly string[] => selectQueues(selector, path, surroundings);
  const bindClaims = (specs: readonly ClaimSpec[], path: Path): readonly Claim[] =>
    specs.flatMap((spec, index) => {
      const bound = bindClaim(spec, claimNames([...path, index], surroundings));
      if ('claim' in bound) return [bound];
      noteUnbound(bound);
      return [];
    });
  const bindSteps = (steps: readonly StepSpec[], path: Path): readonly BoundStep[] =>
    steps.flatMap((spec, index) => {
      const shows = spec.shows.map(({ pattern: { source, flags }, means, counts }, at): ShownPattern => {
        if (!counts) return { source, flags, means };
        const counted = queues(counts.queues, [...path, index, 'shows', at, 'counts', 'queues']);
        return { source, flags, means, counts: { queues: counted, states: counts.states } };
      });
      const achieves = bindClaims(spec.achieves, [...path, index, 'achieves']);
      const throughout = bindClaims(spec.throughout, [...path, index, 'throughout']);
      const found = findProcedures(runbook, spec.run, config.labels);
      if (found.kind === 'found')
        return found.procedures.map((procedure) => ({
          spec,
          procedure: runbook.fill(procedure, spec.fill),
          shows,
          achieves,
          throughout,
        }));
      noteUnbound({ selector: spec.run, message: found.message, location: found.location });
      return [];
    });

  const diagnosis = bindSteps(scenario.diagnosis, ['diagnosis']);
  const recovery = bindSteps(scenario.recovery, ['recovery']);
  const maintenance = bindSteps(scenario.maintenance, ['maintenance']);
  const cured = new Set(recovery.map(({ procedure }) => procedure.address));
  // Where the runbook puts the lesser remedy into the same block as the cure there is nothing to compare.
  const instead = bindSteps(scenario.control.instead, ['control', 'instead']).filter(
    ({ procedure }) => !cured.has(procedure.address),
  );
  for (const [index, service] of scenario.health.services.entries())
    knownService(service, ['health', 'services', index], surroundings);
  for (const [index, service] of scenario.fresh.entries()) knownService(service, ['fresh', index], surroundings);
  const { removedFrom, removedOf, inOrder, stalled, unsynced, ...jobs } = scenario.jobs;
  const { failed, delayed } = scenario.health;
  const steps = [...scenario.diagnosis, ...scenario.recovery, ...scenario.maintenance];
  const plan: ScenarioPlan = {
    id: scenario.id,
    title: scenario.title,
    file: scenario.file,
    sections: [...new Set(steps.map(({ run }) => run.split('>')[0]?.trim() ?? ''))],
    fault: scenario.fault && { kind: scenario.fault.kind, summary: summarise(scenario.fault) },
    symptoms: bindClaims(scenario.symptoms, ['symptoms']),
    diagnosis: diagnosis.map(planStep),
    recovery: recovery.map(planStep),
    ...(maintenance.length > 0 ? { maintenance: maintenance.map(planStep) } : {}),
    ...(scenario.mendedAfter === undefined ? {} : { mendedAfterMs: scenario.mendedAfter }),
    ...(scenario.selfHealing ? { selfHealing: true } : {}),
    health: {
      queues: queues(scenario.health.queues, ['health', 'queues']),
      services: scenario.health.services,
      ...(failed === undefined ? {} : { failed }),
      ...(delayed === undefined ? {} : { delayed }),
      sustainMs: scenario.health.sustain,
      withinMs: scenario.health.within,
      wedgeGraceMs: scenario.health.wedgeGrace,
    },
    jobs: {
      ...jobs,
      ...(stalled === undefined ? {} : { stalled }),
      ...(inOrder === undefined ? {} : { inOrder: queues(inOrder, ['jobs', 'inOrder']) }),
      ...(unsynced ? { unsynced: true as const } : {}),
      ...(removedOf === undefined ? {} : { removedOf }),
      ...(removedFrom === 'all' ? {} : { removedFrom: queues(removedFrom, ['jobs', 'removedFrom']) }),
    },
    control: {
      enabled: scenario.recovery.length > 0 && scenario.control.enabled,
      instead: instead.map(planStep),
    },
    unbound,
  };
  return {
    plan,
    fault: scenario.fault,
    faultQueues: scenario.fault ? bindFault(scenario.fault, surroundings) : [],
    fresh: scenario.fresh,
    demanding: scenario.demanding,
    burst: scenario.burst.map((spec, index) => ({ ...spec, queues: queues(spec.queues, ['burst', index, 'queues']) })),
    diagnosis,
    recovery,
    maintenance,
    instead,
  };
}

function planStep({ spec, procedure, shows, achieves, throughout }: BoundStep): PlannedStep {
  return {
    address: procedure.address,
    location: procedure.location,
    shows,
    args: spec.args,
    ...(achieves.length > 0 ? { achieves } : {}),
    ...(throughout.length > 0 ? { throughout } : {}),
    ...(spec.refused.length > 0 ? { refused: spec.refused.map(({ source, flags }) => ({ source, flags })) } : {}),
  };
}

/** Checks what a fault names, and gives its queues. */
function bindFault(fault: FaultSpec, surroundings: Surroundings): readonly string[] {
  const { scenario, config } = surroundings;
  if ('service' in fault) knownService(fault.service, ['fault', 'service'], surroundings);
  if ('proxy' in fault && config.services.toxiproxy === undefined) {
    throw new InputError(`fault.proxy: the configuration names no Toxiproxy, which ${fault.kind} needs`, {
      code: 'SCENARIO_NO_TOXIPROXY',
      location: scenario.locate(['fault', 'proxy']),
      next: 'put a Toxiproxy into the compose file and name it as services.toxiproxy',
    });
  }
  if ('jobs' in fault) return selectQueues(fault.jobs.queues, ['fault', 'jobs', 'queues'], surroundings);
  return 'queues' in fault ? selectQueues(fault.queues, ['fault', 'queues'], surroundings) : [];
}

function selectQueues(selector: QueueSelector, path: Path, surroundings: Surroundings): readonly string[] {
  const { scenario, config } = surroundings;
  const all = config.fleet.queues;
  if (selector === 'all') return all.map(({ name }) => name);
  if ('service' in selector) {
    knownService(selector.service, [...path, 'service'], surroundings);
    return all.filter(({ service }) => service === selector.service).map(({ name }) => name);
  }
  const unknown = selector.names.findIndex((name) => !all.some((queue) => queue.name === name));
  if (unknown === -1) return selector.names;
  const at = [...path, 'names', unknown];
  throw new InputError(`${at.join('.')}: the fleet has no queue ${selector.names[unknown]}`, {
    code: 'SCENARIO_QUEUE_UNKNOWN',
    location: scenario.locate(at),
    next: 'use a name from fleet.queues of the configuration',
  });
}

function knownService(service: string, path: Path, { scenario, config }: Surroundings): void {
  const { redis, api, workers } = config.services;
  const known = [redis, api, ...workers];
  if (known.includes(service)) return;
  throw new InputError(`${path.join('.')}: expected one of ${known.join(', ')}, got ${service}`, {
    code: 'SCENARIO_SERVICE_UNKNOWN',
    location: scenario.locate(path),
    next: 'use a service that the configuration names',
  });
}

/** Resolves what a claim names; a name that the fleet does not have is an error at its place in the scenario file. */
function claimNames(path: Path, surroundings: Surroundings): ClaimNames {
  return {
    queues: (selector) => selectQueues(selector, [...path, 'queues'], surroundings),
    service(name) {
      knownService(name, [...path, 'service'], surroundings);
      return name;
    },
    threshold(metric) {
      const { thresholds, file } = surroundings.runbook.facts();
      const message = 'the runbook has no alert threshold for it';
      return (
        thresholds.find((row) => row.metric === metric) ?? {
          selector: `the metric ${metric}`,
          message,
          location: { file, line: 1 },
        }
      );
    },
  };
}
