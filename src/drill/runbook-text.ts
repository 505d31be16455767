import { readFile } from 'node:fs/promises';

import type { Runbook, Section } from '../runbook/runbook.ts';

/** The runbook as the player reads it in the shell. */
export interface RunbookText {
  contents(): string;
  /** Undefined: there is no such section. */
  section(number: string): { readonly text: string; readonly line: number } | undefined;
}

export async function readRunbookText(runbook: Pick<Runbook, 'file' | 'sections'>): Promise<RunbookText> {
  const lines = (await readFile(runbook.file, 'utf8')).split(/\r\n|\n|\r/);
  const find = (number: string): Section | undefined => runbook.sections.find((one) => one.number === number);
  return {
    contents: () =>
      runbook.sections
        .filter(({ number }) => number !== '')
        .map(({ number, title, level }) => `${'  '.repeat(Math.max(0, level - 2))}${number} ${title}`)
        .join('\n'),
    section(number) {
      const found = find(number);
      return found && { text: lines.slice(found.line - 1, found.endLine).join('\n'), line: found.line };
    },
  };
}
