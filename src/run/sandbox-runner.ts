import type { SandboxClock } from '../kernel/clock.ts';
import type { BoundScenario } from '../scenario/bind-scenario.ts';
import type { RunContext } from './run-context.ts';
import { runScenario } from './run-scenario.ts';
import { rebuildFleet, type SessionState, type StartedFleet } from './start-fleet.ts';

/** Runs scenarios in one sandbox, one after the other. */
export interface SandboxRunner {
  /** The clock of its sandbox. */
  readonly clock: SandboxClock;
  /**
   * Records the plan of the scenario, and runs it unless the runbook lacks something that it is bound to. If the
   * scenario wants a fleet that bypasses Toxiproxy, and this one does not (or the other way round), the sandbox is
   * rebuilt first.
   */
  run(context: RunContext, scenario: BoundScenario): Promise<void>;
}

/**
 * @param first the fleet of a sandbox in which nothing has run yet
 * @param firstBypasses whether that fleet bypasses Toxiproxy
 */
export function createSandboxRunner(state: SessionState, first: StartedFleet, firstBypasses: boolean): SandboxRunner {
  let fleet = first;
  let bypasses = firstBypasses;
  let isFresh = true;
  return {
    get clock() {
      return fleet.sandbox.clock;
    },
    async run(context, scenario) {
      const { options, history } = context;
      const { plan } = scenario;
      options.signal.throwIfAborted();
      history.emit({ type: 'scenario.planned', plan });
      if (plan.unbound.length > 0) return;
      if (bypasses !== (options.bypassProxies ?? false)) {
        bypasses = !bypasses;
        fleet = await rebuildFleet(options, state, fleet);
        isFresh = true;
      }
      const unsteady = await runScenario(context, fleet, scenario);
      // The reset may have missed what an earlier arm left. In a fresh sandbox no earlier arm can be the cause.
      if (unsteady === 'control' || (unsteady === 'treatment' && !isFresh)) {
        const message = `no steady state for ${plan.id}: its sandbox is rebuilt, and the scenario starts again`;
        history.emit({ type: 'note', message });
        fleet = await rebuildFleet(options, state, fleet);
        await runScenario(context, fleet, scenario);
      }
      isFresh = false;
    },
  };
}
