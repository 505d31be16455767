import { writeAtomically } from '../kernel/write-atomically.ts';
import type { Runbook } from '../runbook/runbook.ts';

/** Replaces the record of a series: its results so far, and the runbook that they are about. */
export async function writeRecord(
  file: string,
  runbook: Pick<Runbook, 'file' | 'sha256'>,
  results: Readonly<Record<string, unknown>>,
): Promise<void> {
  const record = { runbook: runbook.file, sha256: runbook.sha256, ...results };
  await writeAtomically(file, `${JSON.stringify(record, undefined, 2)}\n`);
}
