import { statfs } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type Docker from 'dockerode';

import { sandboxLabel } from './engine.ts';

/** What a service of the sandbox holds on the engine's disk: its containers' own layers and the volumes they mount. */
export interface DiskUse {
  readonly service: string;
  readonly bytes: number;
}

export interface DiskWatchOptions {
  readonly docker: Docker;
  /** The sandbox's id. */
  readonly id: string;
  /** Bytes that all of the sandbox may hold together. */
  readonly limit: number;
  /** Called with whoever holds most when the sandbox holds more than the limit; the watch goes on when it has returned. */
  readonly onFull: (most: DiskUse) => Promise<void>;
}

const everyMs = 500;
/** Where the engine's disk cannot be seen from here, the engine is asked, which takes it a while. */
const askEveryMs = 5000;

/**
 * Watches that a sandbox does not fill the engine's disk: most engines cannot limit what a container writes. The free space is looked at
 * often, which costs nothing; only when enough of it is gone is the engine asked whose it is.
 */
export async function watchDisk(options: DiskWatchOptions): Promise<{ stop(): Promise<void> }> {
  const { docker, id, limit, onFull } = options;
  const stopped = new AbortController();
  const { DockerRootDir: root } = (await docker.info()) as { readonly DockerRootDir: string };
  // What would be free if nothing were the sandbox's, and how much of it may be.
  let [without, tolerated] = [await freeBytes(root), limit];
  const look = async (): Promise<void> => {
    const free = await freeBytes(root);
    if (free !== undefined && without !== undefined && without - free <= tolerated) return;
    const { most, held } = await measure(docker, id);
    if (free !== undefined) without = free + held;
    if (held <= tolerated || !most) return;
    await onFull(most);
    // What stays all the same (a volume outlives its container) is told once, and again when there is as much more of it.
    if ((await measure(docker, id)).held > tolerated) tolerated = held + limit;
  };
  const loop = (async () => {
    while (!stopped.signal.aborted) {
      await look();
      const pause = without === undefined ? askEveryMs : everyMs;
      await delay(pause, undefined, { signal: stopped.signal }).catch(() => undefined);
    }
  })();
  // Whoever stops it hears of what broke it; until then nobody could act on it.
  loop.catch(() => undefined);
  return {
    async stop() {
      stopped.abort();
      await loop;
    },
  };
}

/** Undefined where the folder is not on this machine, or not to be seen. */
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

/** What the sandbox holds, and whoever holds most of it. */
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
