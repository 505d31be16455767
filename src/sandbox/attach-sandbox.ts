import path from 'node:path';

import { createSandboxClock } from '../kernel/clock.ts';
import { defined } from '../kernel/defined.ts';
import { connectEngine } from './engine.ts';
import { findContainer } from './find-container.ts';
import { sandboxesDir } from './lease.ts';
import { createOperator } from './operator-container.ts';
import { openSandboxWall } from './open-sandbox-wall.ts';
import { createHandle } from './sandbox-handle.ts';
import { foldersOf, readRecord, type SandboxRecord } from './sandbox-record.ts';
import type { Sandbox } from './sandbox.ts';

/** The handle of a sandbox that any process of this project has started. */
export async function attachSandbox(projectDir: string, id: string): Promise<Sandbox> {
  const directory = path.join(sandboxesDir(projectDir), id);
  return openSandbox(directory, await readRecord(directory));
}

/**
 * The handle of a running sandbox. Starts nothing.
 * @param touched services that procedures may have changed; without it, all of them
 */
export async function openSandbox(directory: string, record: SandboxRecord, touched?: Set<string>): Promise<Sandbox> {
  const docker = await connectEngine();
  const { epochMs, epochMonotonicNs, factor } = record.clock;
  const folders = foldersOf(directory);
  const operator = createOperator({
    docker,
    labels: record.labels,
    compose: record.compose,
    ...record.operator,
    folders,
    findApi: async () => (await findContainer(docker, record.id, record.apiService)).id,
  });
  const handle: Sandbox = createHandle({
    docker,
    id: record.id,
    directory,
    compose: record.compose,
    clock: createSandboxClock(factor, epochMs, BigInt(epochMonotonicNs)),
    controlToken: record.controlToken,
    doors: record.doors.map(({ service, port, host }) => ({ service, port, ...defined({ host }) })),
    operator,
    pristine: record.pristine,
    touched: touched ?? new Set(Object.keys(record.pristine)),
    openWall: (onEvent, onTouched) =>
      openSandboxWall(record, {
        docker,
        folder: folders.wall,
        onEvent,
        onTouched,
        replace: (service) => handle.recreate(service),
      }),
  });
  return handle;
}
