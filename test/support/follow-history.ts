import { existsSync, readdirSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import path from 'node:path';

import type { HistoryEvent } from '../../src/history/events.ts';

/** Reads the history of a run while the run writes it. */
export interface FollowedHistory extends AsyncDisposable {
  /** Folder of the run; undefined while it has none. */
  readonly folder: string | undefined;
  /** The events whose lines are complete by now. */
  readonly events: readonly HistoryEvent[];
  /** Takes in what was written since. */
  read(): Promise<void>;
}

/** The history of the run that process `pid`, which was just started, makes in `project`: its folder bears the pid. */
export function followHistory(project: string, pid: number): FollowedHistory {
  const reports = path.join(project, 'reports');
  const earlier = new Set(namesIn(reports));
  const events: HistoryEvent[] = [];
  const buffer = Buffer.alloc(256 * 1024);
  let folder: string | undefined;
  let file: FileHandle | undefined;
  let rest = '';

  const find = async (): Promise<void> => {
    // Pids come round again within minutes on a busy machine.
    const name = namesIn(reports).find((one) => one.endsWith(`-${pid}`) && !earlier.has(one));
    if (name === undefined) return;
    folder = path.join(reports, name);
    file = await open(path.join(folder, 'history.jsonl')).catch(() => undefined);
  };
  return {
    get folder() {
      return folder;
    },
    events,
    async read() {
      if (!file) await find();
      if (!file) return;
      for (;;) {
        const { bytesRead } = await file.read(buffer);
        if (bytesRead === 0) return;
        // Byte by byte, for a character may be cut in two; no test looks at a text that is not plain ASCII.
        const lines = (rest + buffer.toString('latin1', 0, bytesRead)).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) events.push(JSON.parse(line) as HistoryEvent);
      }
    },
    [Symbol.asyncDispose]: async () => file?.close(),
  };
}

function namesIn(directory: string): readonly string[] {
  return existsSync(directory) ? readdirSync(directory) : [];
}
