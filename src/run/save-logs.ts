import { writeFile } from 'node:fs/promises';
import path from 'node:path';

import type { Sandbox } from '../sandbox/sandbox.ts';
import type { VerifyOptions } from './verify-options.ts';

/**
 * Writes the log of each service into the run's folder. If a log cannot be read, its file holds the reason.
 * @param suffix of the file names: empty for the first sandbox of a run, `-2` for the second
 */
export async function saveLogs(
  sandbox: Sandbox,
  { reportDir, project }: Pick<VerifyOptions, 'reportDir' | 'project'>,
  suffix: string,
): Promise<void> {
  const { redis, api, effects, workers } = project.config.services;
  await Promise.all(
    [redis, api, effects, ...workers].map(async (service) => {
      const log = await sandbox.logs(service).catch((error: unknown) => Buffer.from(`no log: ${String(error)}\n`));
      await writeFile(path.join(reportDir, `${service}${suffix}.log`), log);
    }),
  );
}
