import type { Claim, PlannedStep, ScenarioPlan } from '../history/events.ts';
import { InputError } from '../kernel/errors.ts';
import type { Procedure, Runbook } from '../runbook/runbook.ts';
import { findProcedure } from '../runbook/select-procedure.ts';
import type { Config } from './define-config.ts';
import type { FaultSpec, QueueSelector, StepSpec, SymptomSpec } from './define-scenario.ts';
import type { LoadedScenario } from './load-scenarios.ts';

export interface BoundStep {
  readonly spec: StepSpec;
  readonly procedure: Procedure;
}

/** A scenario with its selectors resolved against one runbook and one fleet. */
export interface BoundScenario {
  readonly plan: ScenarioPlan;
  readonly fault: FaultSpec | undefined;
  readonly faultQueues: readonly string[];
  readonly diagnosis: readonly BoundStep[];
  readonly recovery: readonly BoundStep[];
  readonly instead: readonly BoundStep[];
}

/**
 * Resolves every selector. A procedure that the runbook does not have is recorded in the plan, for that is the runbook's
 * fault and a verdict on it; a queue or service that the fleet does not have is the scenario's, and an InputError.
 */
export function bindScenario(
  scenario: LoadedScenario,
  runbook: Runbook,
  config: Config,
  summarise: (fault: FaultSpec) => string,
): BoundScenario {
  const unbound: ScenarioPlan['unbound'][number][] = [];
  const resolve = (steps: readonly StepSpec[]): readonly BoundStep[] =>
    steps.flatMap((spec) => {
      const found = findProcedure(runbook, spec.run, config.labels);
      if (found.kind === 'found') return [{ spec, procedure: found.procedure }];
      unbound.push({ selector: spec.run, message: found.message, location: found.location });
      return [];
    });
  const queues = (selector: QueueSelector, path: Path): readonly string[] =>
    selectQueues(selector, path, scenario, config);

  const diagnosis = resolve(scenario.diagnosis);
  const recovery = resolve(scenario.recovery);
  const cured = new Set(recovery.map(({ procedure }) => procedure.address));
  // Where the runbook puts the lesser remedy into the same block as the cure there is nothing to compare.
  const instead = resolve(scenario.control.instead).filter(({ procedure }) => !cured.has(procedure.address));
  for (const [index, service] of scenario.health.services.entries())
    knownService(service, ['health', 'services', index], scenario, config);
  if (scenario.fault && 'service' in scenario.fault)
    knownService(scenario.fault.service, ['fault', 'service'], scenario, config);

  const sections = [
    ...new Set([...scenario.diagnosis, ...scenario.recovery].map(({ run }) => run.split('>')[0]?.trim() ?? '')),
  ];
  const plan: ScenarioPlan = {
    id: scenario.id,
    title: scenario.title,
    file: scenario.file,
    sections,
    fault: scenario.fault && { kind: scenario.fault.kind, summary: summarise(scenario.fault) },
    symptoms: scenario.symptoms.map((symptom, index) => bindSymptom(symptom, ['symptoms', index], scenario, config)),
    diagnosis: diagnosis.map(planStep),
    recovery: recovery.map(planStep),
    health: {
      queues: queues(scenario.health.queues, ['health', 'queues']),
      services: scenario.health.services,
      sustainMs: scenario.health.sustain,
      withinMs: scenario.health.within,
      wedgeGraceMs: scenario.health.wedgeGrace,
    },
    jobs: scenario.jobs,
    control: { enabled: scenario.fault !== undefined && scenario.control.enabled, instead: instead.map(planStep) },
    unbound,
  };
  const faultQueues =
    scenario.fault && 'queues' in scenario.fault ? queues(scenario.fault.queues, ['fault', 'queues']) : [];
  return { plan, fault: scenario.fault, faultQueues, diagnosis, recovery, instead };
}

function planStep({ spec, procedure }: BoundStep): PlannedStep {
  return {
    address: procedure.address,
    location: procedure.location,
    shows: spec.shows.map(({ pattern, means }) => ({ source: pattern.source, flags: pattern.flags, means })),
    args: spec.args,
    ...(spec.refused.length > 0 ? { refused: spec.refused.map(({ source, flags }) => ({ source, flags })) } : {}),
  };
}

type Path = readonly PropertyKey[];

function selectQueues(
  selector: QueueSelector,
  path: Path,
  scenario: LoadedScenario,
  config: Config,
): readonly string[] {
  const all = config.fleet.queues;
  if (selector === 'all') return all.map(({ name }) => name);
  if ('service' in selector) {
    knownService(selector.service, [...path, 'service'], scenario, config);
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

function knownService(service: string, path: Path, scenario: LoadedScenario, config: Config): void {
  const { redis, api, workers } = config.services;
  const known = [redis, api, ...workers];
  if (known.includes(service)) return;
  throw new InputError(`${path.join('.')}: expected one of ${known.join(', ')}, got ${service}`, {
    code: 'SCENARIO_SERVICE_UNKNOWN',
    location: scenario.locate(path),
    next: 'use a service that the configuration names',
  });
}

function bindSymptom(symptom: SymptomSpec, path: Path, scenario: LoadedScenario, config: Config): Claim {
  if (symptom.claim === 'container-state') {
    knownService(symptom.service, [...path, 'service'], scenario, config);
    return { ...symptom, text: `${symptom.service} is ${symptom.anyOf.join(' or ')}` };
  }
  const queues = selectQueues(symptom.queues, [...path, 'queues'], scenario, config);
  const which = describe(symptom.queues);
  switch (symptom.claim) {
    case 'count':
      return { ...symptom, queues, text: `${symptom.state} ${symptom.op} ${symptom.value} in ${which}` };
    case 'growing':
      return { ...symptom, queues, text: `the backlog of ${which} grows` };
    case 'paused':
      return { ...symptom, queues, text: `${which} ${symptom.value ? 'is' : 'is not'} paused` };
    case 'progress':
      return { ...symptom, queues, text: `${which} ${symptom.value ? 'completes' : 'completes no'} jobs` };
  }
}

function describe(selector: QueueSelector): string {
  if (selector === 'all') return 'every queue';
  return 'service' in selector ? `the queues of ${selector.service}` : selector.names.join(', ');
}
