import path from 'node:path';
import { GenericContainer } from 'testcontainers';

import { leaseLabel, projectLabel, sandboxLabel } from '../engine.ts';
import { takeLease } from '../lease.ts';
import { readSetupManifest, type SetupManifest } from '../setup-manifest.ts';

type Labels = Readonly<Record<string, string>>;

const projectDir = path.resolve(import.meta.dirname, '../../..');

/** An image that the set-up found or made. No test names an image of a registry. */
export async function imageOf(name: keyof SetupManifest['images']): Promise<string> {
  return (await readSetupManifest(projectDir)).images[name].ref;
}

/** With these labels `.ci/check-leftovers` sees what a test left, and the next run removes it if the test is dead. */
function ownLabels(): Labels {
  const lease = takeLease(projectDir, 'test');
  return { [sandboxLabel]: lease.id, [projectLabel]: projectDir, [leaseLabel]: JSON.stringify(lease) };
}

/** A container of testcontainers. Its reaper is not needed, and its image is only in a registry. */
export function testContainer(image: string, labels: Labels = ownLabels()): GenericContainer {
  process.env['TESTCONTAINERS_RYUK_DISABLED'] = 'true';
  // The engine runs on this machine, even if the tests run in a container that shares its network.
  process.env['TESTCONTAINERS_HOST_OVERRIDE'] = '127.0.0.1';
  return new GenericContainer(image).withLabels({ ...labels });
}
