import { execFile } from 'node:child_process';
import { appendFile, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect } from 'vitest';

import { projectDir } from './run-drillbook.ts';

interface Block {
  readonly language: string;
  /** What to do with it: `prelude`, `run`, `output`, `file` or `append`. */
  readonly role: string | undefined;
  readonly file: string | undefined;
  readonly text: string;
}

/**
 * Runs a page of the docs in a folder: writes its files, runs its commands, and compares the output that it shows. The
 * set-up blocks (`sh` alone) are not run: the caller's project stands for them.
 * @param mask takes out of an output what differs between runs
 * @returns how many commands were run, and how many outputs were compared
 */
export async function runPage(
  page: string,
  folder: string,
  mask: (text: string) => string,
): Promise<{ readonly ran: number; readonly compared: number }> {
  const blocks = blocksOf(await readFile(path.join(projectDir, page), 'utf8'));
  let [prelude, printed, ran, compared] = ['', '', 0, 0];
  for (const { role, file, text } of blocks) {
    const target = path.join(folder, file ?? '');
    if (role === 'prelude') prelude += text;
    if (role === 'file') await writeFile(target, text);
    if (role === 'append') await appendFile(target, text);
    if (role === 'run') {
      printed = await runIn(folder, `${prelude}\n${text}`);
      ran += 1;
    }
    if (role !== 'output') continue;
    expect(mask(printed)).toBe(mask(text));
    compared += 1;
  }
  return { ran, compared };
}

function blocksOf(page: string): readonly Block[] {
  const fences = page.matchAll(/^(`{3,})(\w+)(?: (\w+))?(?: (\S+))?\n([\s\S]*?)^\1$/gm);
  return [...fences].map(([, , language = '', role, file, text = '']) => ({ language, role, file, text }));
}

function runIn(cwd: string, script: string): Promise<string> {
  return new Promise((resolve) => execFile('bash', ['-c', script], { cwd }, (_, stdout) => resolve(stdout)));
}
