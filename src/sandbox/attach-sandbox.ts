import path from 'node:path';

import { defined } from '../kernel/defined.ts';
import { clockFileIn, readClock } from './clock-file.ts';
import { connectEngine } from './engine.ts';
import { sandboxesDir } from './lease.ts';
import { createOperator } from './operator-container.ts';
import { ensureOperatorNetwork } from './operator-network.ts';
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
  const folders = foldersOf(directory);
  const clockFile = clockFileIn(folders.clock);
  const clock = readClock(clockFile);
  const operator = createOperator({
    docker,
    labels: record.labels,
    compose: record.compose,
    ...record.operator,
    folders,
    ensureNetwork: () =>
      ensureOperatorNetwork({
        docker,
        project: record.compose.project,
        labels: record.labels,
        folder: folders.localhost,
        ...record.operatorNetwork,
      }),
  });
  const handle: Sandbox = createHandle({
    docker,
    id: record.id,
    directory,
    compose: record.compose,
    clock,
    clockFile,
    controlToken: record.controlToken,
    doors: record.doors.map(({ service, port, host }) => ({ service, port, ...defined({ host }) })),
    operator,
    pristine: record.pristine,
    touched: touched ?? new Set(Object.keys(record.pristine)),
    openWall: (callbacks) =>
      openSandboxWall(record, {
        docker,
        clock,
        folder: folders.wall,
        ...callbacks,
        replace: (service) => handle.recreate(service),
      }),
  });
  return handle;
}
