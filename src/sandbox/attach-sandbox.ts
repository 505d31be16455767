import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';

import { createSandboxClock } from '../kernel/clock.ts';
import { connectEngine } from './engine.ts';
import { sandboxesDir } from './lease.ts';
import { createOperator } from './operator-container.ts';
import type { ComposeFiles } from './run-compose.ts';
import { createHandle, findContainer } from './sandbox-handle.ts';
import type { Sandbox } from './sandbox.ts';

const recordSchema = z.object({
  id: z.string(),
  compose: z.object({
    projectDir: z.string(),
    project: z.string(),
    files: z.array(z.string()),
    environment: z.record(z.string(), z.string()),
  }),
  clock: z.object({ epochMs: z.number(), epochMonotonicNs: z.string(), factor: z.number() }),
  controlToken: z.string(),
  operatorImage: z.string(),
  apiService: z.string(),
});

/** What another process needs to know of a sandbox in order to work with it. */
export type SandboxRecord = z.infer<typeof recordSchema>;

export function writeRecord(directory: string, record: SandboxRecord): Promise<void> {
  return writeFile(path.join(directory, 'sandbox.json'), `${JSON.stringify(record)}\n`, { mode: 0o600 });
}

/** A handle on a sandbox that some process of this project started. */
export async function attachSandbox(projectDir: string, id: string): Promise<Sandbox> {
  const directory = path.join(sandboxesDir(projectDir), id);
  const record = recordSchema.parse(JSON.parse(await readFile(path.join(directory, 'sandbox.json'), 'utf8')));
  return openSandbox(directory, record);
}

/** The handle of a running sandbox; starts nothing. */
export async function openSandbox(directory: string, record: SandboxRecord): Promise<Sandbox> {
  const docker = await connectEngine();
  const compose: ComposeFiles = record.compose;
  const { epochMs, epochMonotonicNs, factor } = record.clock;
  const operator = createOperator({
    docker,
    id: record.id,
    compose,
    image: record.operatorImage,
    clockDir: path.join(directory, 'clock'),
    traceDir: path.join(directory, 'trace'),
    findApi: async () => (await findContainer(docker, record.id, record.apiService)).id,
  });
  const clock = createSandboxClock(factor, epochMs, BigInt(epochMonotonicNs));
  return createHandle({
    docker,
    id: record.id,
    directory,
    compose,
    clock,
    controlToken: record.controlToken,
    operator,
  });
}
