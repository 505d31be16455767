import { InputError } from '../kernel/errors.ts';
import type { Engine } from '../sandbox/engine.ts';
import { findSandboxes, type FoundSandbox } from '../sandbox/find-sandboxes.ts';
import { describeOwner } from './describe-owner.ts';

/**
 * The sandbox with this id, or the only one if no id is given.
 * @throws InputError `SANDBOX_UNKNOWN` if there is none or the choice is not clear, `SANDBOX_IN_USE` if a running
 *   command owns it
 */
export async function chooseSandbox(engine: Engine, directory: string, id: string | undefined): Promise<FoundSandbox> {
  const known = await findSandboxes(engine, directory);
  const chosen = id === undefined ? (known.length === 1 ? known[0] : undefined) : known.find((one) => one.id === id);
  if (chosen?.state === 'living')
    throw new InputError(`the sandbox ${chosen.id} belongs to ${describeOwner(chosen)}, which still runs`, {
      code: 'SANDBOX_IN_USE',
      next: 'end that command; it then removes its sandbox',
    });
  if (chosen) return chosen;
  const ids = known.map((one) => one.id);
  throw new InputError(id === undefined ? 'which sandbox is not clear' : `there is no sandbox ${id}`, {
    code: 'SANDBOX_UNKNOWN',
    next: ids.length > 0 ? `name one of ${ids.join(', ')}` : 'no sandbox is up; "drillbook sandbox up" starts one',
  });
}
