import { addBurst } from './add-burst.ts';
import type { ArmContext } from './arm-context.ts';
import { runSteps } from './run-steps.ts';
import { settle } from './settle.ts';

/** A scenario without a fault: its diagnosis must only read, and its maintenance must leave a healthy fleet healthy. */
export async function maintain(context: ArmContext): Promise<void> {
  const { scenario, fleet, view, phase, hold, signal, isDecided } = context;
  // Before the blocks, because only then is the fleet known to be healthy.
  const { clock } = fleet.sandbox;
  if (hold) await clock.waitUntil(clock.now() + hold.brokenMs, signal);
  await phase('diagnose', async (within) => {
    await addBurst(context, within);
    await runSteps(context, scenario.diagnosis, 'diagnosis', within);
  });
  if (scenario.maintenance.length === 0) return;
  view.mark();
  await phase('recover', (within) => runSteps(context, scenario.maintenance, 'maintenance', within));
  if (isDecided()) return;
  await settle(context);
}
