import path from 'node:path';

import type { CommandRan, EventBody, ProcedureEnded, PromptSeen } from '../../history/events.ts';
import { createSandboxClock } from '../../kernel/clock.ts';
import { parseRunbook } from '../../runbook/parse-runbook.ts';
import type { OperatorHost } from '../operator-host.ts';
import { runProcedure, type ProcedureOptions } from '../run-procedure.ts';

/** The block begins in this line of its runbook. */
export const firstLine = 6;

export interface Ran {
  readonly commands: readonly CommandRan[];
  readonly prompts: readonly PromptSeen[];
  readonly ended: ProcedureEnded;
}

/**
 * Runs a block that is the only one of its runbook.
 * @param folder for the transcript `x.cast`
 */
export async function runBlock(
  host: OperatorHost,
  folder: string,
  code: string,
  options: Partial<ProcedureOptions> = {},
): Promise<Ran> {
  const runbook = await parseRunbook(`# R\n\n## 1. S\n\n\`\`\`bash\n${code}\`\`\`\n`, 'runbook.md');
  const [procedure] = runbook.procedures;
  if (!procedure) throw new Error('no block');
  const events: EventBody[] = [];
  const defaults = {
    args: [],
    answers: [],
    allowance: { realMs: 30_000 },
    neverEndingMs: 500,
    clock: createSandboxClock(1),
    castFile: path.join(folder, 'x.cast'),
    signal: new AbortController().signal,
  };
  const running = runProcedure(host, { procedure, ...defaults, ...options }, (event) => void events.push(event));
  // The events of an interrupted block count as well.
  await running.catch((error: unknown) => {
    if (!options.signal?.aborted) throw error;
  });
  const ended = events.find((event) => event.type === 'procedure.ended');
  if (!ended) throw new Error('the end was not told');
  return {
    commands: events.filter((event) => event.type === 'command'),
    prompts: events.filter((event) => event.type === 'prompt'),
    ended,
  };
}
