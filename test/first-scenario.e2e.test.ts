import { execFile } from 'node:child_process';
import { appendFile, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';

import { projectDir } from './support/run-drillbook.ts';
import { sandboxObjects } from './support/sandbox-objects.ts';
import { createSmallProject } from './support/small-project.ts';

// Runs docs/first-scenario.md: writes its files, runs its commands, and compares the output that it shows.
// The set-up blocks (`sh` alone) are not run: the temporary project stands for them.

interface Block {
  readonly language: string;
  /** What to do with it: `prelude`, `run`, `output`, `file` or `append`. */
  readonly role: string | undefined;
  readonly file: string | undefined;
  readonly text: string;
}

function blocksOf(page: string): readonly Block[] {
  const fences = page.matchAll(/^(`{3,})(\w+)(?: (\w+))?(?: (\S+))?\n([\s\S]*?)^\1$/gm);
  return [...fences].map(([, , language = '', role, file, text = '']) => ({ language, role, file, text }));
}

/** Times and numbers of jobs differ between runs, and so do the jobs that a finding lists. */
function masked(text: string): string {
  return text
    .replaceAll(/-treatment-.*$/gm, '…')
    .replaceAll(/\d+\.\d+|\d+(?= jobs)/g, 'N')
    .trimEnd();
}

function runIn(cwd: string, script: string): Promise<string> {
  return new Promise((resolve) => execFile('bash', ['-c', script], { cwd }, (_, stdout) => resolve(stdout)));
}

test('docs/first-scenario.md works as written and shows the real output', async () => {
  const blocks = blocksOf(await readFile(path.join(projectDir, 'docs/first-scenario.md'), 'utf8'));
  await using project = await createSmallProject();
  let [prelude, printed, compared] = ['', '', 0];
  for (const { role, file, text } of blocks) {
    const target = path.join(project.directory, file ?? '');
    if (role === 'prelude') prelude += text;
    if (role === 'file') await writeFile(target, text);
    if (role === 'append') await appendFile(target, text);
    if (role === 'run') printed = await runIn(project.directory, `${prelude}\n${text}`);
    if (role !== 'output') continue;
    expect(masked(printed)).toBe(masked(text));
    compared += 1;
  }
  expect(compared).toBe(3);
  expect(await sandboxObjects()).toEqual([]);
});
