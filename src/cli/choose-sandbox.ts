import { InputError } from '../kernel/errors.ts';
import type { connectEngine } from '../sandbox/engine.ts';
import { findSandboxes, type FoundSandbox } from '../sandbox/find-sandboxes.ts';
import { describeOwner } from './describe-owner.ts';

type Engine = Awaited<ReturnType<typeof connectEngine>>;

/** The sandbox that a person means: the one there is, or the one of that id. One that a running command owns is not theirs to handle. */
export async function chooseSandbox(engine: Engine, directory: string, id: string | undefined): Promise<FoundSandbox> {
  const known = await findSandboxes(engine, directory);
  const chosen = id === undefined ? (known.length === 1 ? known[0] : undefined) : known.find((one) => one.id === id);
  if (chosen?.state === 'living')
    throw new InputError(`the sandbox ${chosen.id} belongs to ${describeOwner(chosen)}, which still runs`, {
      code: 'SANDBOX_IN_USE',
      next: 'end that, and it removes its sandbox itself',
    });
  if (chosen) return chosen;
  const ids = known.map((one) => one.id);
  throw new InputError(id === undefined ? 'say which sandbox' : `there is no sandbox ${id}`, {
    code: 'SANDBOX_UNKNOWN',
    next: ids.length > 0 ? `choose among ${ids.join(', ')}` : 'none is up: "drillbook sandbox up" starts one',
  });
}
