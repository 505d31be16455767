import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';

const body = z.record(z.string(), z.unknown());
const bodies = z.record(z.string(), body);

const recordSchema = z.object({
  id: z.string(),
  labels: z.record(z.string(), z.string()),
  compose: z.object({
    projectDir: z.string(),
    project: z.string(),
    files: z.array(z.string()),
    environment: z.record(z.string(), z.string()),
  }),
  controlToken: z.string(),
  pristine: z.record(
    z.string(),
    z.object({
      containers: z.number(),
      settings: z.string(),
      written: z.number(),
      processes: z.array(z.string()).readonly(),
    }),
  ),
  doors: z.array(z.object({ service: z.string(), port: z.number(), host: z.string().optional() })),
  operatorNetwork: z.object({
    image: z.string(),
    networks: z.array(z.string()),
    localhost: z.object({ host: z.string(), ports: z.array(z.number()) }),
  }),
  operator: z.object({
    image: z.string(),
    shown: z.array(z.string()),
    hidden: z.array(z.string()),
    limits: z.object({ memory: z.number(), processes: z.number(), disk: z.number() }),
  }),
  wall: z.object({
    harnessServices: z.array(z.string()),
    realTimeServices: z.array(z.string()),
    images: z.array(z.string()),
    ceiling: z.object({ memory: z.number(), processes: z.number() }),
    disk: z.number(),
    creations: z.object({ containers: bodies, networks: bodies, volumes: bodies }),
  }),
});

/** All that another process needs to use a sandbox. */
export type SandboxRecord = z.infer<typeof recordSchema>;

const folderNames = ['blocks', 'clock', 'gate', 'localhost', 'shared', 'token', 'trace', 'wall'] as const;

/** The folders of a sandbox on this host. Its containers see `shared`, and what is mounted from the others. */
export function foldersOf(directory: string): Readonly<Record<(typeof folderNames)[number], string>> {
  const pairs = folderNames.map((name) => [name, path.join(directory, name)]);
  return Object.fromEntries(pairs) as Record<(typeof folderNames)[number], string>;
}

export function writeRecord(directory: string, record: SandboxRecord): Promise<void> {
  return writeFile(path.join(directory, 'sandbox.json'), `${JSON.stringify(record)}\n`, { mode: 0o600 });
}

export async function readRecord(directory: string): Promise<SandboxRecord> {
  return recordSchema.parse(JSON.parse(await readFile(path.join(directory, 'sandbox.json'), 'utf8')));
}
