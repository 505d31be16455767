/**
 * Removes a sandbox, whichever process owned it.
 *
 *   list what carries its labels ─► containers ─► networks ─► volumes ─┐
 *    ▲                                                                  │ until the list is empty and no Compose runs
 *    └──────────────────────────────────────────────────────────────────┘ ─► folder with the lease
 */
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
 * Removes every object that carries the sandbox's id and project, and nothing else; then the sandbox's folder.
 * - Safe to repeat, and safe for several processes at once.
 * - Ends only when nothing is left: the engine may still be removing objects, and a `docker compose up` whose parent
 *   was killed creates more of them until it ends by itself.
 * @throws DeadlineError if something is left in the end
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
      // Containers first, because they hold networks and volumes. Volumes only once no Compose runs: it would give a
      // new container a new volume in place of the removed one, without labels.
      for (const kind of ['container', 'network', ...(compose ? [] : (['volume'] as const))] as const) {
        const some = objects.filter((object) => object.kind === kind);
        for (const { name } of some) removed[`${kind}s`].add(name);
        await removeEach(some, isOurs);
      }
      return objects.length === 0 && !compose;
    },
    { what: `the removal of all that sandbox ${id} has in the engine`, withinMs, everyMs: 100 },
  );
  // The folder goes last: as long as anything is left, its lease shows the owner.
  await rm(sandboxDir(sandbox), { recursive: true, force: true });
  return { containers: removed.containers.size, networks: removed.networks.size, volumes: removed.volumes.size };
}

/**
 * Removes one after the other. If several containers leave a network at once, some engines (20.10, about one time in
 * twenty) lose count of its members, and then the network stays until the engine restarts.
 * @throws the first error, after it has tried all
 */
async function removeEach(
  objects: readonly LabelledObject[],
  isOurs: Parameters<LabelledObject['removeIf']>[0],
): Promise<void> {
  const errors: unknown[] = [];
  for (const object of objects) await object.removeIf(isOurs).catch((error: unknown) => errors.push(error));
  if (errors.length > 0) throw errors[0];
}

/** Whether a `docker compose` process still works on the sandbox. False on systems without /proc. */
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
