import path from 'node:path';

import type { Purpose } from '../history/events.ts';
import { monotonicMs } from '../kernel/clock.ts';
import { DeadlineError } from '../kernel/errors.ts';
import { runProcedure } from '../operator/run-procedure.ts';
import type { BoundStep } from '../scenario/bind-scenario.ts';
import { scanHeld } from '../telemetry/scan-residue.ts';
import { limits, type ArmParts } from './arm-context.ts';
import { createOperatorHost } from './create-operator-host.ts';

/**
 * Runs blocks of the runbook one after the other.
 * @param cutAfterMs all of them together are cut off after so long, and the rest is not begun; real ms
 */
export async function runSteps(
  options: ArmParts,
  steps: readonly BoundStep[],
  purpose: Purpose,
  signal: AbortSignal,
  cutAfterMs?: number,
): Promise<void> {
  const { fleet, emit, until } = options;
  const began = monotonicMs();
  const mayRemove = purpose !== 'diagnosis' && options.scenario.plan.jobs.removed > 0;
  for (const [index, { spec, procedure, achieves }] of steps.entries()) {
    const { skip, timeoutMs } = procedure.annotation;
    const expectExit = spec.exits ?? procedure.annotation.expectExit;
    if (skip !== undefined) {
      emit({ type: 'note', message: `${procedure.address} is not run: its annotation says "${skip}"` });
      continue;
    }
    const cutMs = cutAfterMs === undefined ? undefined : cutAfterMs - (monotonicMs() - began);
    if (cutMs !== undefined && cutMs <= 0) return;
    await fleet.sandbox.operator.ensure();
    if (mayRemove) await recordHeld(options, 'before');
    emit({
      type: 'procedure.started',
      address: procedure.address,
      purpose,
      location: procedure.location,
      args: spec.args,
      ...(expectExit === undefined ? {} : { expectExit }),
      ...(cutMs === undefined ? {} : { cutAfterMs: Math.round(cutMs) }),
    });
    const cast = `${options.idPrefix}-${purpose}${cutMs === undefined ? '' : '-cut'}-${index + 1}-${procedure.address.replaceAll(/[^a-z0-9.]+/gi, '-').replace(/-$/, '')}.cast`;
    await runProcedure(
      createOperatorHost(fleet.sandbox.operator, options.projectDir),
      {
        procedure,
        args: spec.args,
        // It is meant to end otherwise than it does with them.
        lacksArgs: spec.exits !== undefined && spec.exits !== 0 && spec.args.length === 0,
        answers: spec.answers,
        timeoutMs: cutMs ?? fleet.sandbox.clock.toRealMs(timeoutMs ?? spec.timeout) + 15_000,
        neverEndingMs: 3000,
        clock: fleet.sandbox.clock,
        castFile: path.join(options.castDir, cast),
        signal,
      },
      emit,
    );
    if (mayRemove) await recordHeld(options, 'after');
    if (achieves.length === 0) continue;
    // What it was to achieve is judged from what is recorded after it; here that is only given the time to show.
    options.view.mark();
    await until('what the step achieves', limits.achieve, () =>
      achieves.every((claim) => options.view.isAchieved(claim) === true),
    ).catch((error: unknown) => {
      if (!(error instanceof DeadlineError)) throw error;
    });
  }
}

async function recordHeld({ fleet, scenario, emit }: ArmParts, moment: 'before' | 'after'): Promise<void> {
  const { removedFrom = fleet.queueNames } = scenario.plan.jobs;
  emit(
    await scanHeld(fleet.redis, fleet.config.prefix, removedFrom, moment).catch((error: unknown) => ({
      type: 'held' as const,
      moment,
      complete: false,
      jobs: {},
      message: String(error),
    })),
  );
}
