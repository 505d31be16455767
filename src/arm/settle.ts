import type { ArmParts } from './arm-context.ts';
import { startWithinMs } from './arm-context.ts';
import { runSteps } from './run-steps.ts';

/** Watches until the fleet is healthy for good, or its time is up. */
export async function settle({ fleet, scenario, view, phase, until, signal }: ArmParts): Promise<void> {
  view.mustOutlast();
  const { sustainMs, withinMs } = scenario.plan.health;
  await phase('settle', fleet.sandbox.clock.toRealMs(withinMs + sustainMs) + 1000, () =>
    until('recovery', withinMs + sustainMs, () => view.isHealthy()).then(() => undefined),
  );
  signal.throwIfAborted();
}

/** The recovery once more, on the fleet that it has healed: it must leave it as it is. */
export async function repeatRecovery(parts: ArmParts): Promise<void> {
  const { scenario, view, phase } = parts;
  await phase('repeat', startWithinMs * 8, async (within) => {
    view.mark();
    await runSteps(parts, scenario.recovery, 'repeat', within);
    await untilHealthy(parts);
  });
}

/** Somebody begins the recovery, is called away half-way, and begins anew. */
export async function interruptRecovery(parts: ArmParts, cutAfterMs: number): Promise<void> {
  const { scenario, view, phase } = parts;
  await phase('repeat', startWithinMs * 8, async (within) => {
    await runSteps(parts, scenario.recovery, 'repeat', within, cutAfterMs);
    view.mark();
    await runSteps(parts, scenario.recovery, 'repeat', within);
    await untilHealthy(parts);
  });
}

async function untilHealthy({ scenario, view, until }: ArmParts): Promise<void> {
  view.mustOutlast();
  const { sustainMs, withinMs } = scenario.plan.health;
  await until('health after the repetition', withinMs + sustainMs, () => view.isHealthy());
}
