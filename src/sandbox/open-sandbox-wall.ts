import type Docker from 'dockerode';

import { openWall, type WallEvent } from '../wall/open-wall.ts';
import { engineSocket, roleLabel, sandboxLabel } from './engine.ts';
import type { SandboxRecord } from './sandbox-record.ts';
import { watchDisk, type DiskUse } from './watch-disk.ts';

export interface SandboxWallOptions {
  readonly docker: Docker;
  /** Where the wall's socket is made. */
  readonly folder: string;
  readonly onEvent: (event: WallEvent) => void;
  readonly onTouched: (service: string) => void;
  /** Ends a service's container, with what it has written, and makes a new one. */
  readonly replace: (service: string) => Promise<void>;
}

/**
 * The sandbox's wall: as long as it is open, procedures can talk to the engine, of this sandbox alone, and the sandbox is kept from
 * filling the engine's disk.
 */
export async function openSandboxWall(
  record: SandboxRecord,
  options: SandboxWallOptions,
): Promise<{ close(): Promise<void> }> {
  const { id, compose, labels, wall, clock } = record;
  const { docker, folder, onEvent, onTouched, replace } = options;
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
    toRealSeconds: (service, seconds) => (wall.realTimeServices.includes(service) ? seconds : seconds / clock.factor),
    onEvent,
    onTouched,
  });
  const onFull = async ({ service, bytes }: DiskUse): Promise<void> => {
    const attempt = `fill the disk: ${service} held ${mebibytes(bytes)}`;
    const message = `the sandbox may hold ${mebibytes(wall.disk)}; ${service} was made anew`;
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
