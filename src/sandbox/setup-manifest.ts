import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';

import { DrillbookError } from '../kernel/errors.ts';

const image = z.object({ ref: z.string(), source: z.enum(['registry', 'built']), version: z.string() });

const promtoolPart = z.object({ promtool: z.object({ path: z.string(), version: z.string() }).nullable() });

const manifestSchema = promtoolPart.extend({
  engine: z.object({ version: z.string(), api: z.string() }),
  compose: z.object({ version: z.string(), source: z.string() }),
  node: z.string(),
  images: z.object({ redis: image, node: image, toxiproxy: image, operator: image, fleet: image }),
  /** Images of the fleet or of Redis in another version. The key is the version: `bullmq 5.66.5`, `redis 8.0.2`. */
  variants: z.record(z.string(), image).default({}),
  native: z.object({ clock: z.string(), trace: z.string() }),
});

/** What the set-up found or built: images, native libraries, versions. */
export type SetupManifest = z.infer<typeof manifestSchema>;

/** @throws DrillbookError if the set-up has not prepared an engine and the images */
export function readSetupManifest(projectDir: string): Promise<SetupManifest> {
  return readManifest(projectDir, manifestSchema);
}

/** Prometheus' rule engine as the set-up found or installed it. */
export type InstalledPromtool = NonNullable<SetupManifest['promtool']>;

/**
 * For commands that need no Docker: the set-up may have prepared promtool and nothing else.
 * @returns null if the machine has no promtool: nothing can be said about alert rules then
 * @throws DrillbookError if the set-up has not looked for it
 */
export async function readPromtool(projectDir: string): Promise<InstalledPromtool | null> {
  return (await readManifest(projectDir, promtoolPart)).promtool;
}

async function readManifest<T>(projectDir: string, schema: z.ZodType<T>): Promise<T> {
  const file = path.join(projectDir, '.drillbook', 'setup.json');
  try {
    return schema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (cause) {
    throw new DrillbookError(`the set-up has not run here, or ${file} cannot be read`, {
      code: 'SETUP_MISSING',
      next: 'start Drillbook with "npm run drillbook -- <command>", which runs the set-up',
      cause,
    });
  }
}

/** Versions to use instead of those that the set-up chose. */
export interface Versions {
  /** Of the example fleet. */
  readonly bullmq?: string | undefined;
  readonly redis?: string | undefined;
}

/**
 * The same manifest with the images of other versions.
 * @throws DrillbookError if the set-up has not built them
 */
export function withVersions(manifest: SetupManifest, { bullmq, redis }: Versions): SetupManifest {
  const variant = (what: string, version: string) => {
    const found = manifest.variants[`${what} ${version}`];
    if (found) return found;
    throw new DrillbookError(`there is no image with ${what} ${version}`, {
      code: 'SETUP_NO_VARIANT',
      next: `start Drillbook with "npm run drillbook -- <command> --${what} ${version}", which builds it`,
    });
  };
  const images = {
    ...manifest.images,
    ...(bullmq === undefined ? {} : { fleet: variant('bullmq', bullmq) }),
    ...(redis === undefined ? {} : { redis: variant('redis', redis) }),
  };
  return { ...manifest, images };
}

/** The variables from which the compose file takes its image references. */
export function imageEnvironment(manifest: SetupManifest): Record<string, string> {
  return Object.fromEntries(
    Object.entries(manifest.images).map(([name, { ref }]) => [`DRILLBOOK_${name.toUpperCase()}_IMAGE`, ref]),
  );
}
