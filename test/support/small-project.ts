import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { projectDir, unhurried } from './run-drillbook.ts';

/** A project below this checkout with one worker container. Labels hold its folder, so its sandboxes can be found. */
export interface SmallProject extends AsyncDisposable {
  readonly directory: string;
}

/**
 * Copies `fixtures/small-fleet` and writes `files` over it, with an unhurried clock. Disposal removes the folder, but
 * no sandbox of it.
 */
export async function createSmallProject(files: Readonly<Record<string, string>> = {}): Promise<SmallProject> {
  // As deep in the tree as the fixture, so that its relative imports find the same files.
  const directory = await mkdtemp(path.join(projectDir, '.drillbook/small-'));
  await cp(path.join(projectDir, 'fixtures/small-fleet'), directory, { recursive: true });
  await mkdir(path.join(directory, '.drillbook'));
  await symlink(path.join(projectDir, '.drillbook/setup.json'), path.join(directory, '.drillbook/setup.json'));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(directory, name)), { recursive: true });
    await writeFile(path.join(directory, name), text);
  }
  const config = path.join(directory, 'drillbook.config.ts');
  await writeFile(config, (await readFile(config, 'utf8')).replace('timeScale: 10,', `timeScale: ${unhurried[1]},`));
  return { directory, [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }) };
}
