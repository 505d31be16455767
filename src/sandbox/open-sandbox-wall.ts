import { openWall, type WallEvent } from '../wall/open-wall.ts';
import { engineSocket, roleLabel, sandboxLabel } from './engine.ts';
import type { SandboxRecord } from './sandbox-record.ts';

/** The sandbox's wall: as long as it is open, procedures can talk to the engine, of this sandbox alone. */
export function openSandboxWall(
  record: SandboxRecord,
  folder: string,
  onEvent: (event: WallEvent) => void,
): ReturnType<typeof openWall> {
  const { id, compose, labels, wall } = record;
  return openWall({
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
    onEvent,
  });
}
