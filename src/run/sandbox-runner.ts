import type { SandboxClock } from '../kernel/clock.ts';
import type { BoundScenario } from '../scenario/bind-scenario.ts';
import type { Fleet } from '../arm/fleet-session.ts';
import { runScenario, type RunContext } from './run-scenario.ts';
import { rebuildFleet, type RunParts } from './start-fleet.ts';

/** A sandbox in which one scenario is run after the other. */
export interface Lane {
  /** The clock of its sandbox. */
  readonly clock: SandboxClock;
  /** Plans the scenario and runs it, unless it is bound to something that the runbook has not got. */
  run(context: RunContext, scenario: BoundScenario): Promise<void>;
}

export function createLane(parts: RunParts, first: Fleet): Lane {
  let fleet = first;
  let isFresh = true;
  return {
    clock: parts.clock,
    async run(context, scenario) {
      const { options, history } = context;
      options.signal.throwIfAborted();
      history.emit({ type: 'scenario.planned', plan: scenario.plan });
      if (scenario.plan.unbound.length > 0) return;
      const unsteady = await runScenario(context, fleet, scenario);
      // Where something has run before, it has outlived the reset.
      if (unsteady === 'control' || (unsteady === 'treatment' && !isFresh)) {
        history.emit({
          type: 'note',
          message: `no steady state for ${scenario.plan.id}: its sandbox is rebuilt, and it begins anew`,
        });
        fleet = await rebuildFleet(options, parts, fleet);
        await runScenario(context, fleet, scenario);
      }
      isFresh = false;
    },
  };
}
