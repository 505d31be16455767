import type Docker from 'dockerode';

import type { SandboxClock } from '../kernel/clock.ts';
import { openWall, type WallEvent } from '../wall/open-wall.ts';
import { engineSocket, roleLabel, sandboxLabel } from './engine.ts';
import type { SandboxRecord } from './sandbox-record.ts';
import { watchDisk, type DiskUse } from './watch-disk.ts';

export interface SandboxWallOptions {
  readonly docker: Docker;
  readonly clock: SandboxClock;
  /** The folder for the wall's socket. */
  readonly folder: string;
  readonly onEvent: (event: WallEvent) => void;
  readonly onTouched: (service: string) => void;
  /** Called before an order that ends a service's processes goes to the engine. */
  readonly beforeEnd: ((service: string) => Promise<void>) | undefined;
  /** Replaces a service's container, and drops what it has written. */
  readonly replace: (service: string) => Promise<void>;
}

/**
 * Opens the sandbox's wall. Until it is closed, procedures can talk to the engine, but only about this sandbox, and the
 * sandbox cannot fill the engine's disk.
 */
export async function openSandboxWall(
  record: SandboxRecord,
  options: SandboxWallOptions,
): Promise<{ close(): Promise<void> }> {
  const { id, compose, labels, wall } = record;
  const { docker, clock, folder, onEvent, onTouched, beforeEnd, replace } = options;
  const opened = await openWall({
    engineSocket: engineSocket(),
    folder,
    project: compose.project,
    labels,
    member: { key: sandboxLabel, value: id },
    hiddenLabel: roleLabel,
    harnessServices: wall.harnessServices,
    images: wall.images,
    creations: wall.creations,
    ceiling: wall.ceiling,
    toRealSeconds: (service, seconds) => (wall.realTimeServices.includes(service) ? seconds : clock.toRealMs(seconds)),
    onEvent,
    onTouched,
    beforeEnd,
    held: async () => {
      if (clock.rate === 0) await clock.waitUntil(clock.now() + 1);
    },
  });
  const onFull = async ({ service, bytes }: DiskUse): Promise<void> => {
    const attempt = `fill the disk: ${service} held ${mebibytes(bytes)}`;
    const message = `the sandbox may hold ${mebibytes(wall.disk)}; ${service} was recreated`;
    onEvent({ outcome: 'refused', attempt, message });
    await replace(service);
  };
  const disk = await watchDisk({ docker, id, limit: wall.disk, onFull });
  return {
    async close() {
      await opened.close();
      await disk.stop();
    },
  };
}

function mebibytes(bytes: number): string {
  return `${Math.round(bytes / 1024 ** 2)} MiB`;
}
