import { statfs } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type Docker from 'dockerode';

import { sandboxLabel } from './engine.ts';

/** How much of the engine's disk a service holds: its containers' own layers, and the volumes that they mount. */
export interface DiskUse {
  readonly service: string;
  readonly bytes: number;
}

export interface DiskWatchOptions {
  readonly docker: Docker;
  /** The sandbox's id. */
  readonly id: string;
  /** Bytes that all services together may hold. */
  readonly limit: number;
  /**
   * Called with the service that holds most, if the sandbox holds more than the limit. The watch waits until it
   * returns.
   */
  readonly onFull: (most: DiskUse) => Promise<void>;
}

const everyMs = 500;
/** If the engine's disk cannot be seen from here, only the engine can measure, which takes it a while. */
const askEveryMs = 5000;

/**
 * Keeps a sandbox from filling the engine's disk, because most engines cannot limit what a container writes. It reads
 * the free space often, which costs nothing, and asks the engine who holds it only once enough of it is gone.
 */
export async function watchDisk(options: DiskWatchOptions): Promise<{ stop(): Promise<void> }> {
  const { docker, id, limit, onFull } = options;
  const stopped = new AbortController();
  const { DockerRootDir: root } = (await docker.info()) as { readonly DockerRootDir: string };
  // `without`: the space that would be free without the sandbox. `tolerated`: how much of it the sandbox may hold.
  let [without, tolerated] = [await freeBytes(root), limit];
  const look = async (): Promise<void> => {
    const free = await freeBytes(root);
    if (free !== undefined && without !== undefined && without - free <= tolerated) return;
    const { most, held } = await measure(docker, id);
    if (free !== undefined) without = free + held;
    if (held <= tolerated || !most) return;
    await onFull(most);
    // A volume outlives its container, so its data may stay. It is reported once, and again when it grew by the limit.
    if ((await measure(docker, id)).held > tolerated) tolerated = held + limit;
  };
  const loop = (async () => {
    while (!stopped.signal.aborted) {
      await look();
      const pause = without === undefined ? askEveryMs : everyMs;
      await delay(pause, undefined, { signal: stopped.signal }).catch(() => undefined);
    }
  })();
  // `stop` throws the error of a broken loop. Before that no caller could act on it.
  loop.catch(() => undefined);
  return {
    async stop() {
      stopped.abort();
      await loop;
    },
  };
}

/** Undefined if the folder is not on this machine, or cannot be read. */
async function freeBytes(folder: string): Promise<number | undefined> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch {
    return undefined;
  }
}

interface Measured {
  readonly Labels: Readonly<Record<string, string>>;
  readonly SizeRw?: number;
  readonly Mounts: readonly { readonly Type: string; readonly Name?: string }[];
}

/** How much the sandbox holds, and the service that holds most of it. */
async function measure(
  docker: Docker,
  id: string,
): Promise<{ readonly most: DiskUse | undefined; readonly held: number }> {
  const { Containers: containers, Volumes: volumes } = (await docker.df()) as {
    readonly Containers: readonly Measured[] | null;
    readonly Volumes: readonly { readonly Name: string; readonly UsageData?: { readonly Size: number } }[] | null;
  };
  const sizeOf = new Map((volumes ?? []).map(({ Name, UsageData }) => [Name, Math.max(0, UsageData?.Size ?? 0)]));
  const uses = new Map<string, number>();
  for (const { Labels, SizeRw = 0, Mounts } of containers ?? []) {
    if (Labels[sandboxLabel] !== id) continue;
    const service = Labels['com.docker.compose.service'] ?? '';
    const inVolumes = Mounts.reduce((sum, { Name }) => sum + (sizeOf.get(Name ?? '') ?? 0), 0);
    uses.set(service, (uses.get(service) ?? 0) + SizeRw + inVolumes);
  }
  const sorted = [...uses].map(([service, bytes]) => ({ service, bytes })).toSorted((a, b) => b.bytes - a.bytes);
  return { most: sorted[0], held: sorted.reduce((sum, { bytes }) => sum + bytes, 0) };
}
