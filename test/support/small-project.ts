import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { projectDir } from './run-drillbook.ts';

/** A project of its own below this checkout, with one worker container: what it starts is told apart by its folder. */
export interface SmallProject extends AsyncDisposable {
  readonly directory: string;
}

/** Copies `fixtures/small-fleet`; `files` are written over it. What its runs left in the engine is not removed here. */
export async function createSmallProject(files: Readonly<Record<string, string>> = {}): Promise<SmallProject> {
  // As deep as the fixture, so that its relative imports lead to the same files.
  const directory = await mkdtemp(path.join(projectDir, '.drillbook/small-'));
  await cp(path.join(projectDir, 'fixtures/small-fleet'), directory, { recursive: true });
  await mkdir(path.join(directory, '.drillbook'));
  await symlink(path.join(projectDir, '.drillbook/setup.json'), path.join(directory, '.drillbook/setup.json'));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(directory, name)), { recursive: true });
    await writeFile(path.join(directory, name), text);
  }
  return { directory, [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }) };
}
