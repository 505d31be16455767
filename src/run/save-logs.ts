import { writeFile } from 'node:fs/promises';
import path from 'node:path';

import type { Sandbox } from '../sandbox/sandbox.ts';
import type { VerifyOptions } from './verify-options.ts';

/**
 * Writes what each container has printed beside the history. A log that cannot be had says so in its place.
 * @param name of the sandbox among several; empty for the only one
 */
export async function saveLogs(sandbox: Sandbox, { reportDir, project }: VerifyOptions, name: string): Promise<void> {
  const { redis, api, effects, workers } = project.config.services;
  await Promise.all(
    [redis, api, effects, ...workers].map(async (service) => {
      const log = await sandbox.logs(service).catch((error: unknown) => Buffer.from(`no log: ${String(error)}\n`));
      await writeFile(path.join(reportDir, `${service}${name}.log`), log);
    }),
  );
}
