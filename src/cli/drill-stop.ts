import path from 'node:path';

import { findLivingDrill, type LivingDrill } from '../drill/find-living-drill.ts';
import { InputError } from '../kernel/errors.ts';
import { pollUntil } from '../kernel/poll-until.ts';
import { ownerHere } from '../sandbox/owner.ts';
import { describeOwner } from './describe-owner.ts';

/** @throws InputError if a drill of this project is being played */
export async function refuseSecond(directory: string): Promise<void> {
  const living = await findLivingDrill(directory);
  if (!living) return;
  throw new InputError(`a drill of this project is being played by ${describeOwner(living)}`, {
    code: 'DRILL_RUNNING',
    next: 'wait for its end, or end it with "drillbook drill stop"',
  });
}

export function noDrill(): InputError {
  return new InputError('no drill of this project is being played', {
    code: 'DRILL_NOT_RUNNING',
    next: 'start one with "drillbook drill start"',
  });
}

/** Time for healing, saving logs and removing the sandbox, real ms. */
const stopWithinMs = 120_000;

/** Asks the process of the running drill to end in good order, and waits for it. */
export async function stopDrill(): Promise<void> {
  const directory = process.cwd();
  const living = await requireLiving(directory);
  askToStop(living);
  const isOver = async (): Promise<boolean> => (await findLivingDrill(directory)) === undefined;
  await pollUntil(isOver, { what: 'the end of the drill', withinMs: stopWithinMs, everyMs: 200 });
  process.stdout.write(`stopped: ${path.relative(directory, living.directory)}\n`);
}

/** @throws InputError if no drill of this project is being played */
export async function requireLiving(directory: string): Promise<LivingDrill> {
  const living = await findLivingDrill(directory);
  if (!living) throw noDrill();
  return living;
}

/**
 * Asks the process of a drill to end it in good order. It does not wait.
 * @throws InputError if the process cannot be seen from here
 */
export function askToStop(living: LivingDrill): void {
  const { pid, pidNamespace } = living.lease.owner;
  if (pidNamespace !== ownerHere().pidNamespace)
    throw new InputError(`the drill belongs to ${describeOwner(living)}, whose processes cannot be seen from here`, {
      code: 'DRILL_ELSEWHERE',
      next: 'stop it there',
    });
  process.kill(pid, 'SIGTERM');
}
