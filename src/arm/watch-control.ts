import type { ArmContext } from './arm-context.ts';
import { runSteps } from './run-steps.ts';
import { interruptRecovery } from './settle.ts';

/**
 * The rest of a control arm: runs the placebo, if the scenario has one, and then does nothing for as long as the
 * treatment arm needed to recover. If the fleet looks well only at the end, the watch goes on until that lasts or
 * passes.
 * @param brokenSinceS sandbox instant at which the fault took effect
 */
export async function watchControl(context: ArmContext, brokenSinceS: number): Promise<void> {
  const { fleet, scenario, view, phase, until, watch, cutAfterMs } = context;
  if (!watch) throw new Error('a control arm needs `watch`: how long it lasts');
  const { clock } = fleet.sandbox;
  const extraMs = scenario.plan.health.sustainMs * 3;
  const untilS = Math.max(brokenSinceS + watch.sinceFaultMs, clock.now() + watch.sinceRecoveryMs);
  await phase('recover', (within) => runSteps(context, scenario.instead, 'placebo', within));
  const leftMs = Math.max(0, untilS - clock.now());
  const work = async (within: AbortSignal): Promise<void> => {
    await clock.waitUntil(untilS, within);
    await until('lasting health or a relapse', { sandboxMs: extraMs }, () => !view.mayRecover());
  };
  await phase('settle', work, { sandboxMs: (leftMs + extraMs) * 2, marginMs: 10_000 });
  if (cutAfterMs !== undefined) await interruptRecovery(context, cutAfterMs);
}
