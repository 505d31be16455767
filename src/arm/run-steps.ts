import path from 'node:path';

import type { Purpose } from '../history/events.ts';
import { monotonicMs } from '../kernel/clock.ts';
import { defined } from '../kernel/defined.ts';
import { DeadlineError } from '../kernel/errors.ts';
import { runProcedure } from '../operator/run-procedure.ts';
import type { BoundStep } from '../scenario/bind-scenario.ts';
import { scanHeld } from '../telemetry/scan-residue.ts';
import type { ArmContext } from './arm-context.ts';
import { createOperatorHost } from './create-operator-host.ts';
import { fleetLimits } from './phase-limits.ts';
import { recordServerCommands } from './record-server-commands.ts';

/** Real time on top of a block's own time-out, for starting it and for ending it. */
const blockMarginMs = 15_000;
/** How long a command that never ends by itself (`logs -f`) runs; real ms. */
const neverEndingMs = 3000;

/**
 * Runs blocks of the runbook one after the other.
 * @param cutAfterMs ends the blocks after this much real time in total; the rest is not started
 */
export async function runSteps(
  context: ArmContext,
  steps: readonly BoundStep[],
  purpose: Purpose,
  signal: AbortSignal,
  cutAfterMs?: number,
): Promise<void> {
  const began = monotonicMs();
  const mayRemove = purpose !== 'diagnosis' && context.scenario.plan.jobs.removed > 0;
  for (const [index, step] of steps.entries()) {
    const { address, annotation } = step.procedure;
    if (annotation.skip !== undefined) {
      context.emit({ type: 'note', message: `${address} is not run: its annotation says "${annotation.skip}"` });
      continue;
    }
    const cutMs = cutAfterMs === undefined ? undefined : cutAfterMs - (monotonicMs() - began);
    if (cutMs !== undefined && cutMs <= 0) return;
    await context.fleet.sandbox.operator.ensure();
    if (mayRemove) await recordHeld(context, 'before');
    await recordServerCommands(context, address, 'before', signal);
    await runStep(context, step, { purpose, ordinal: index + 1, cutMs }, signal);
    await recordServerCommands(context, address, 'after', signal);
    if (mayRemove) await recordHeld(context, 'after');
    if (step.achieves.length > 0) await awaitAchieved(context, step);
  }
}

interface StepRun {
  readonly purpose: Purpose;
  /** 1 for the first step. */
  readonly ordinal: number;
  /** Ends the block after so many real ms. */
  readonly cutMs: number | undefined;
}

async function runStep(
  { fleet, emit, projectDir, castDir, castPrefix, redaction }: ArmContext,
  { spec, procedure }: BoundStep,
  run: StepRun,
  signal: AbortSignal,
): Promise<void> {
  const { operator, clock } = fleet.sandbox;
  const { address, location, annotation } = procedure;
  const { purpose, cutMs } = run;
  const expectExit = spec.exits ?? annotation.expectExit;
  emit({
    type: 'procedure.started',
    address,
    purpose,
    location,
    args: spec.args,
    ...defined({ expectExit, cutAfterMs: cutMs === undefined ? undefined : Math.round(cutMs) }),
  });
  await runProcedure(
    createOperatorHost(operator, projectDir),
    {
      procedure,
      args: spec.args,
      // The scenario leaves the arguments out on purpose, to see the block refuse to run.
      lacksArgs: spec.exits !== undefined && spec.exits !== 0 && spec.args.length === 0,
      answers: spec.answers,
      allowance:
        cutMs === undefined
          ? { sandboxMs: annotation.timeoutMs ?? spec.timeout, marginMs: blockMarginMs }
          : { realMs: cutMs },
      neverEndingMs,
      clock,
      castFile: path.join(castDir, castName(castPrefix, address, run)),
      redaction,
      signal,
    },
    emit,
  );
}

/** File name of a step's transcript. No two steps of an arm have the same. */
export function castName(castPrefix: string, address: string, { purpose, ordinal, cutMs }: StepRun): string {
  const block = address.replaceAll(/[^a-z0-9.]+/gi, '-').replace(/-$/, '');
  return `${castPrefix}-${purpose}${cutMs === undefined ? '' : '-cut'}-${ordinal}-${block}.cast`;
}

/**
 * Gives a step's `achieves` time to show. The verdict on them comes from the record, so running out of time is no
 * error.
 */
async function awaitAchieved({ view, until }: ArmContext, { achieves }: BoundStep): Promise<void> {
  view.mark();
  const isAchieved = (): boolean => achieves.every((claim) => view.isAchieved(claim) === true);
  await until('what the step achieves', { sandboxMs: fleetLimits.achieve }, isAchieved).catch((error: unknown) => {
    if (!(error instanceof DeadlineError)) throw error;
  });
}

/** Records the jobs that a step may remove, right before and right after it. */
async function recordHeld({ fleet, scenario, emit }: ArmContext, moment: 'before' | 'after'): Promise<void> {
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
