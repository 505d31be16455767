import { readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import type Docker from 'dockerode';

import { pollUntil } from '../kernel/poll-until.ts';
import { projectLabel, sandboxLabel } from './engine.ts';
import { listLabelled, type LabelledObject } from './labelled-objects.ts';
import { composeProjectOf, sandboxDir, type Lease } from './lease.ts';

export interface Removed {
  readonly containers: number;
  readonly networks: number;
  readonly volumes: number;
}

const usuallyWithinMs = 25_000;

/**
 * Removes every object that carries the sandbox's id and its project, and nothing else, then the sandbox's folder. Safe to
 * repeat, and for several processes at once. It is done when nothing is left, not when all was asked for: the engine may
 * still be removing, and a `docker compose up` whose parent was killed goes on creating until it has ended itself.
 */
export async function removeSandbox(
  docker: Docker,
  sandbox: Pick<Lease, 'id' | 'projectDir'>,
  withinMs: number = usuallyWithinMs,
): Promise<Removed> {
  const { id, projectDir } = sandbox;
  const removed = { containers: new Set<string>(), networks: new Set<string>(), volumes: new Set<string>() };
  const isOurs = (labels: Readonly<Record<string, string>>): boolean =>
    labels[sandboxLabel] === id && labels[projectLabel] === projectDir;
  await pollUntil(
    async () => {
      const compose = await composeRuns(id);
      const objects = (await listLabelled(docker, [`${sandboxLabel}=${id}`])).filter(({ labels }) => isOurs(labels));
      // A network can go when no container is in it any more, a volume when none uses it, and when nobody makes containers any more: one that
      // asks for a volume that is gone gets another, which carries no labels.
      for (const kind of ['container', 'network', ...(compose ? [] : (['volume'] as const))] as const) {
        const some = objects.filter((object) => object.kind === kind);
        for (const { name } of some) removed[`${kind}s`].add(name);
        await removeEach(some, isOurs);
      }
      return objects.length === 0 && !compose;
    },
    { what: `the removal of all that sandbox ${id} has in the engine`, withinMs, everyMs: 100 },
  );
  // Last, for the lease is in it: while anything is left, it can be told whose it is.
  await rm(sandboxDir(sandbox), { recursive: true, force: true });
  return { containers: removed.containers.size, networks: removed.networks.size, volumes: removed.volumes.size };
}

/**
 * One after the other: when several containers leave a network at once, some engines (20.10, one time in some twenty) lose count of
 * who is in it, and it can't be removed until the engine is started anew. Tries all, and throws the first error.
 */
async function removeEach(
  objects: readonly LabelledObject[],
  isOurs: Parameters<LabelledObject['removeIf']>[0],
): Promise<void> {
  const errors: unknown[] = [];
  for (const object of objects) await object.removeIf(isOurs).catch((error: unknown) => errors.push(error));
  if (errors.length > 0) throw errors[0];
}

/** Whether some `docker compose` of this user's still works on the sandbox. Nothing is said of it where there is no /proc. */
async function composeRuns(id: string): Promise<boolean> {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  const commands = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
  return commands.some((command) => {
    const [program = '', ...args] = command.split('\0');
    return (
      /^docker(-compose)?$/.test(path.basename(program)) &&
      args.some((argument) => argument === composeProjectOf({ id }) || argument.includes(`/sandboxes/${id}/`))
    );
  });
}
