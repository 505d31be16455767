import { appendFile, mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import type { HistoryEvent } from '../../history/events.ts';
import { historyName } from '../../history/file-names.ts';
import { observeDrill, type ObserveOptions } from '../observe/observe-drill.ts';
import type { Role } from '../observe/observer-page.ts';

/** A page about a recorded drill, whose record a test writes piece by piece. */
export interface ObservedRecording extends AsyncDisposable {
  readonly urls: Readonly<Record<Role, string>>;
  /** How often STOP reached the drill. */
  readonly stops: () => number;
  /** Appends events to the history, as the process of a drill does. */
  write(events: readonly HistoryEvent[]): Promise<void>;
  /** Appends lines to the recording of the player's terminal. */
  writeCast(lines: readonly unknown[]): Promise<void>;
  /** The process of the drill ends. Resolves when the page is over. */
  end(): Promise<void>;
}

/** Serves the page for a folder of its own, with these events in it. */
export async function observeRecorded(
  events: readonly HistoryEvent[],
  more: Partial<Pick<ObserveOptions, 'limits' | 'findPar' | 'stop'>> = {},
): Promise<ObservedRecording> {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(await mkdtempDisposable(path.join(tmpdir(), 'drillbook-observed-')));
  const write = (all: readonly HistoryEvent[]): Promise<void> =>
    appendFile(path.join(folder.path, historyName), all.map((event) => `${JSON.stringify(event)}\n`).join(''));
  await write(events);
  const closing = new AbortController();
  const opened = Promise.withResolvers<Readonly<Record<Role, string>>>();
  let [isLiving, stops] = [true, 0];
  const ended = observeDrill({
    directory: folder.path,
    port: 0,
    isLiving: () => Promise.resolve(isLiving),
    stop() {
      stops += 1;
      return Promise.resolve();
    },
    findPar: () => Promise.resolve(undefined),
    onOpen: opened.resolve,
    signal: closing.signal,
    ...more,
  });
  stack.defer(async () => {
    closing.abort();
    await ended;
  });
  const urls = await Promise.race([
    opened.promise,
    ended.then(() => Promise.reject(new Error('the page did not open'))),
  ]);
  const kept = stack.move();
  return {
    urls,
    stops: () => stops,
    write,
    writeCast: (lines) =>
      appendFile(path.join(folder.path, 'player.cast'), lines.map((line) => `${JSON.stringify(line)}\n`).join('')),
    async end() {
      isLiving = false;
      await ended;
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}
