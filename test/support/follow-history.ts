import { existsSync, readdirSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import path from 'node:path';

import type { HistoryEvent } from '../../src/history/events.ts';

/** The history of a run, read while the run writes it. */
export interface FollowedHistory extends AsyncDisposable {
  /** Folder of the run; undefined until it exists. */
  readonly folder: string | undefined;
  /** The events whose lines were complete at the last `read`. */
  readonly events: readonly HistoryEvent[];
  /** Reads what the run has written since. */
  read(): Promise<void>;
}

/** Follows the run that process `pid`, just started, makes in `project`. The name of its folder ends with the pid. */
export function followHistory(project: string, pid: number): FollowedHistory {
  const reports = path.join(project, 'reports');
  const earlier = new Set(namesIn(reports));
  const events: HistoryEvent[] = [];
  const buffer = Buffer.alloc(256 * 1024);
  let folder: string | undefined;
  let file: FileHandle | undefined;
  let rest = '';

  const find = async (): Promise<void> => {
    // A busy machine uses a pid again within minutes, so older folders do not count.
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
        // Latin-1, because a read can cut a UTF-8 character in two. The tests look at ASCII text only.
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
