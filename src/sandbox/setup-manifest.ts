import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';

import { DrillbookError } from '../kernel/errors.ts';

const image = z.object({ ref: z.string(), source: z.enum(['registry', 'built']), version: z.string() });

const manifestSchema = z.object({
  engine: z.object({ version: z.string(), api: z.string() }),
  compose: z.object({ version: z.string(), source: z.string() }),
  node: z.string(),
  images: z.object({ redis: image, node: image, toxiproxy: image, operator: image, fleet: image }),
  /** Fleets with something else in them, by what it is: `bullmq 5.66.5`. */
  variants: z.record(z.string(), image).default({}),
  native: z.object({ clock: z.string(), trace: z.string() }),
  promtool: z.object({ path: z.string(), version: z.string() }).nullable(),
});

/** What the set-up found or made: images, native libraries, versions. */
export type SetupManifest = z.infer<typeof manifestSchema>;

export async function readSetupManifest(projectDir: string): Promise<SetupManifest> {
  const file = path.join(projectDir, '.drillbook', 'setup.json');
  try {
    return manifestSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (cause) {
    throw new DrillbookError(`the set-up has not been run here, or ${file} is not readable`, {
      code: 'SETUP_MISSING',
      next: 'start Drillbook through "npm run drillbook -- <command>", which sets up what is needed',
      cause,
    });
  }
}

/**
 * The same with a fleet that has another version of BullMQ.
 * @throws DrillbookError when the set-up has not made it
 */
export function withBullmq(manifest: SetupManifest, version: string): SetupManifest {
  const fleet = manifest.variants[`bullmq ${version}`];
  if (fleet) return { ...manifest, images: { ...manifest.images, fleet } };
  throw new DrillbookError(`there is no image of the fleet with BullMQ ${version}`, {
    code: 'SETUP_NO_VARIANT',
    next: `start Drillbook through "npm run verify -- --bullmq ${version}", which makes it`,
  });
}

/** Environment that gives the compose file its image references. */
export function imageEnvironment(manifest: SetupManifest): Record<string, string> {
  return Object.fromEntries(
    Object.entries(manifest.images).map(([name, { ref }]) => [`DRILLBOOK_${name.toUpperCase()}_IMAGE`, ref]),
  );
}
