/**
 * Resolves a scenario against one runbook and one fleet, before anything is started.
 *
 * 1. `ScenarioNames` resolves queues, services and claims.
 * 2. `bind-steps.ts` finds the blocks of the runbook that the arms run.
 * 3. `bind-contract.ts` makes the health and the job contract that the arms are judged by.
 *
 * The result has the plan, which the history records for the judge, and what a run needs besides it.
 */
import type { Config } from '../config/define-config.ts';
import type { ScenarioPlan } from '../history/events.ts';
import { defined } from '../kernel/defined.ts';
import type { Runbook } from '../runbook/runbook.ts';
import { bindHealth, bindJobs, bindTouches } from './bind-contract.ts';
import { bindSteps, planStep, type BoundStep } from './bind-steps.ts';
import type { FaultSpec, JobsSpec } from './define-scenario.ts';
import type { LoadedScenario } from './load-scenarios.ts';
import { ScenarioNames } from './scenario-names.ts';

export type { BoundStep } from './bind-steps.ts';

/** Jobs on top of the load, with the queues they go to. */
export interface BoundJobs extends Omit<JobsSpec, 'queues'> {
  readonly queues: readonly string[];
}

export interface BoundBurst extends BoundJobs {
  readonly failedAgo?: number | undefined;
  readonly activeFor?: number | undefined;
  readonly ofFault: boolean;
}

/** The steps of a scenario, each with its block of the runbook. */
interface BoundSteps {
  readonly diagnosis: readonly BoundStep[];
  readonly recovery: readonly BoundStep[];
  readonly maintenance: readonly BoundStep[];
  /** The control arm's lesser remedy. */
  readonly instead: readonly BoundStep[];
}

/** A scenario with its selectors resolved against one runbook and one fleet. */
export interface BoundScenario extends BoundSteps {
  readonly plan: ScenarioPlan;
  readonly fault: FaultSpec | undefined;
  /** The queues that the fault affects, or that its jobs go to. */
  readonly faultQueues: readonly string[];
  readonly burst: readonly BoundBurst[];
  readonly fresh: readonly string[];
  readonly demanding: boolean;
}

/**
 * A block or a threshold that the runbook lacks goes into the plan as `unbound`: it is a verdict on the runbook.
 * @throws InputError for a queue or service that the fleet lacks, because that is a mistake in the scenario
 */
export function bindScenario(
  scenario: LoadedScenario,
  runbook: Runbook,
  config: Config,
  summarise: (fault: FaultSpec) => string,
): BoundScenario {
  const names = new ScenarioNames(scenario, runbook, config);
  const steps = bindAllSteps(scenario, names, runbook, config);
  const symptoms = names.claims(scenario.symptoms, ['symptoms']);
  const { fault, burst, demanding } = scenario;
  const fresh = scenario.fresh.map((service, index) => names.service(service, ['fresh', index]));
  const plan: ScenarioPlan = {
    id: scenario.id,
    title: scenario.title,
    file: scenario.file,
    sections: sectionsOf(scenario),
    fault: fault && { kind: fault.kind, summary: summarise(fault) },
    symptoms,
    diagnosis: steps.diagnosis.map(planStep),
    recovery: steps.recovery.map(planStep),
    ...(steps.maintenance.length > 0 ? { maintenance: steps.maintenance.map(planStep) } : {}),
    ...defined({ mendedAfterMs: scenario.mendedAfter, selfHealing: scenario.selfHealing || undefined }),
    health: bindHealth(scenario.health, names),
    touches: bindTouches(scenario, names, runbook),
    jobs: bindJobs(scenario.jobs, names),
    control: {
      enabled: scenario.recovery.length > 0 && scenario.control.enabled,
      instead: steps.instead.map(planStep),
    },
    unbound: names.unbound,
  };
  return {
    ...steps,
    plan,
    fault,
    faultQueues: fault ? bindFault(fault, names) : [],
    fresh,
    demanding,
    burst: burst.map((spec, index) => ({ ...spec, queues: names.queues(spec.queues, ['burst', index, 'queues']) })),
  };
}

function bindAllSteps(scenario: LoadedScenario, names: ScenarioNames, runbook: Runbook, config: Config): BoundSteps {
  const context = { names, runbook, config };
  const diagnosis = bindSteps(scenario.diagnosis, ['diagnosis'], context);
  const recovery = bindSteps(scenario.recovery, ['recovery'], context);
  const maintenance = bindSteps(scenario.maintenance, ['maintenance'], context);
  const curing = new Set(recovery.map(({ procedure }) => procedure.address));
  // If the runbook has the lesser remedy and the cure in the same block, there is nothing to compare.
  const instead = bindSteps(scenario.control.instead, ['control', 'instead'], context).filter(
    ({ procedure }) => !curing.has(procedure.address),
  );
  return { diagnosis, recovery, maintenance, instead };
}

/** The sections of the runbook that the treatment runs blocks of. */
function sectionsOf({ diagnosis, recovery, maintenance }: LoadedScenario): readonly string[] {
  const steps = [...diagnosis, ...recovery, ...maintenance];
  return [...new Set(steps.map(({ run }) => run.split('>')[0]?.trim() ?? ''))];
}

/** Checks the names in a fault and returns its queues. */
function bindFault(fault: FaultSpec, names: ScenarioNames): readonly string[] {
  if ('service' in fault) names.service(fault.service, ['fault', 'service']);
  if ('proxy' in fault) names.needToxiproxy(fault.kind, ['fault', 'proxy']);
  if ('jobs' in fault) return names.queues(fault.jobs.queues, ['fault', 'jobs', 'queues']);
  return 'queues' in fault ? names.queues(fault.queues, ['fault', 'queues']) : [];
}
