import type { ArmContext } from './arm-context.ts';
import { runSteps } from './run-steps.ts';

/** Watches until the fleet has stayed healthy for the scenario's `sustain`, or its time is up. */
export async function settle({ scenario, view, phase, until, signal }: ArmContext): Promise<void> {
  view.mustOutlast();
  const { sustainMs, withinMs } = scenario.plan.health;
  await phase('settle', async () => {
    await until('recovery', { sandboxMs: withinMs + sustainMs }, () => view.isHealthy());
  });
  signal.throwIfAborted();
}

/** Runs the recovery a second time, on the fleet that it has just healed. The fleet must stay healthy. */
export async function repeatRecovery(context: ArmContext): Promise<void> {
  const { scenario, view, phase } = context;
  await phase('repeat', async (within) => {
    view.mark();
    await runSteps(context, scenario.recovery, 'repeat', within);
    await untilHealthy(context);
  });
}

/** Starts the recovery, stops it half-way, and runs it again from the beginning: an operator was called away. */
export async function interruptRecovery(context: ArmContext, cutAfterMs: number): Promise<void> {
  const { scenario, view, phase } = context;
  await phase('repeat', async (within) => {
    await runSteps(context, scenario.recovery, 'repeat', within, cutAfterMs);
    view.mark();
    await runSteps(context, scenario.recovery, 'repeat', within);
    await untilHealthy(context);
  });
}

async function untilHealthy({ scenario, view, until }: ArmContext): Promise<void> {
  view.mustOutlast();
  const { sustainMs, withinMs } = scenario.plan.health;
  await until('health after the repetition', { sandboxMs: withinMs + sustainMs }, () => view.isHealthy());
}
