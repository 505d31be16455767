/** Writes a history: every event is stamped and on its way to the disk before the caller goes on. */
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

import type { SandboxClock } from '../kernel/clock.ts';
import { monotonicMs } from '../kernel/clock.ts';
import { defined } from '../kernel/defined.ts';
import { DrillbookError } from '../kernel/errors.ts';
import { reasonOf } from '../kernel/reason-of.ts';
import type { Arm, EventBody, HistoryEvent } from './events.ts';
import type { Redaction } from './redaction.ts';

/** The scenario and arm that an event belongs to. Events of the run as a whole have none. */
export interface EventContext {
  readonly scenario: string;
  readonly arm?: Arm;
  /** The clock of the sandbox that the event is about. Without it the history's own clock gives the time. */
  readonly clock?: Pick<SandboxClock, 'now'>;
}

export interface HistoryWriter {
  /**
   * Stamps the event and hands it to the operating system before it returns. So a crash of this process loses nothing;
   * at worst it cuts off one line.
   *
   * - It never throws, because its callers are timers and listeners. `broken` reports the failure.
   * - After a failure it writes nothing more, even if there is room again: a history with a hole must not look whole.
   * - Events after `close` are dropped. Work that was given up on can still emit some.
   */
  emit(body: EventBody, context?: EventContext): void;
  /** Aborts with a DrillbookError (`HISTORY_WRITE`) as soon as an event could not be written. */
  readonly broken: AbortSignal;
  /** Calls the listener with every event that was written. It must not throw. Returns how to unsubscribe. */
  subscribe(listener: (event: HistoryEvent) => void): () => void;
  /** Safe to call twice. */
  close(): void;
}

/**
 * Starts a new history at `path`.
 * @param redaction what must not be written. Listeners get the events as they are written
 * @throws DrillbookError `HISTORY_WRITE`, also if the file exists: then it is the history of another run
 */
export function createHistoryWriter(
  path: string,
  clock: Pick<SandboxClock, 'now'>,
  redaction?: Pick<Redaction, 'event'>,
): HistoryWriter {
  const file = openNew(path);
  const startedMs = monotonicMs();
  const listeners = new Set<(event: HistoryEvent) => void>();
  let seq = 0;
  let closed = false;
  const broken = new AbortController();

  return {
    broken: broken.signal,
    emit(body, context) {
      if (broken.signal.aborted || closed) return;
      const { clock: itsClock = clock, ...place } = context ?? {};
      const stamp = { seq, t: toMicros(monotonicMs() - startedMs), s: toMicros(itsClock.now()) };
      const event: HistoryEvent = { ...stamp, ...place, ...(redaction?.event(body) ?? body) };
      try {
        writeWhole(file, `${JSON.stringify(event)}\n`);
      } catch (error) {
        broken.abort(writeError(path, error));
        return;
      }
      seq += 1;
      for (const listener of listeners) listener(event);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close() {
      if (closed) return;
      closed = true;
      closeSync(file);
    },
  };
}

function openNew(path: string): number {
  try {
    mkdirSync(dirname(path), { recursive: true });
    return openSync(path, 'ax');
  } catch (error) {
    throw writeError(path, error);
  }
}

/** Writes the whole line: a single `write` can stop after a part of it. */
function writeWhole(file: number, line: string): void {
  const bytes = Buffer.from(line);
  for (let written = 0; written < bytes.length;) written += writeSync(file, bytes, written);
}

const nextSteps: Readonly<Record<string, string>> = {
  ENOSPC: 'free some disk space, or write the reports somewhere else',
  EDQUOT: 'free some of your disk quota, or write the reports somewhere else',
  EEXIST: 'give every run a folder of its own',
  EACCES: 'make the folder writable, or write the reports somewhere else',
  EROFS: 'write the reports somewhere else',
};

function writeError(path: string, cause: unknown): DrillbookError {
  const errno = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  return new DrillbookError(`the history ${path} cannot be written: ${reasonOf(cause)}`, {
    code: 'HISTORY_WRITE',
    cause,
    ...defined({ next: nextSteps[errno] }),
  });
}

function toMicros(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
