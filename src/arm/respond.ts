import { playerAddress } from '../history/events.ts';
import type { ArmContext, Responder } from './arm-context.ts';
import { inject, type Broken } from './break-and-recover.ts';
import { recordServerCommands } from './record-server-commands.ts';
import { settle } from './settle.ts';

/**
 * The phases of an arm in which a person does the recovery: the same fault with the same proof, then as much time as
 * the person needs, then the same watch on health. If the fault took no effect, the arm ends at once: that is not the
 * person's fault.
 */
export async function respond(context: ArmContext, responder: Responder): Promise<void> {
  const { scenario, view, phase, signal } = context;
  const over = new AbortController();
  try {
    // Twice, because the fault may give Redis commands too: those are not the person's.
    await recordServerCommands(context, playerAddress, 'before', signal);
    const isWanted = await responder.awaitIncident(context, signal);
    await recordServerCommands(context, playerAddress, 'after', signal);
    if (!isWanted) return;
    const broken = scenario.fault && (await inject(context, scenario.fault));
    if (scenario.fault && !broken) return;
    view.mark();
    await recordServerCommands(context, playerAddress, 'before', signal);
    if (broken) mendLater(context, broken, AbortSignal.any([signal, over.signal]));
    await phase('recover', (within) => responder.respond(context, within), responder.allowance);
  } finally {
    over.abort();
    await responder.leave();
  }
  await recordServerCommands(context, playerAddress, 'after', signal);
  await settle(context);
}

/** Some faults are repaired by others meanwhile (`mendedAfter`). The person then cures what they left behind. */
function mendLater({ fleet, scenario, emit }: ArmContext, broken: Broken, signal: AbortSignal): void {
  const { mendedAfterMs } = scenario.plan;
  if (mendedAfterMs === undefined) return;
  const { clock } = fleet.sandbox;
  clock
    .waitUntil(broken.sinceS + mendedAfterMs, signal)
    .then(() => broken.heal())
    .catch((error: unknown) => {
      // The clean-up heals it again and reports what keeps it from healing.
      if (!signal.aborted) emit({ type: 'note', message: `what others should have repaired: ${String(error)}` });
    });
}
