import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

import type { SandboxClock } from '../kernel/clock.ts';
import { monotonicMs } from '../kernel/clock.ts';
import { DrillbookError } from '../kernel/errors.ts';
import type { Arm, EventBody, HistoryEvent } from './events.ts';

/** Where in the run an event belongs; nothing for what concerns the run as a whole. */
export interface EventContext {
  readonly scenario: string;
  readonly arm?: Arm;
}

export interface HistoryWriter {
  /**
   * Stamps the event and hands it to the operating system before it returns, so that a crash of this process loses
   * nothing and at worst leaves one line cut off. Never throws, for it is called from timers and by events, where nobody
   * could act on it: `broken` tells that the disk refused. From then on nothing is written any more, even when there is
   * room again: a history with a hole in it must not look whole. What comes after `close` is dropped as
   * well: work that was given up on may still tell something.
   */
  emit(body: EventBody, context?: EventContext): void;
  /** Aborts with a DrillbookError (`HISTORY_WRITE`) as soon as an event could not be written. */
  readonly broken: AbortSignal;
  /** Called with every event after it was written; must not throw. Returns how to stop it. */
  subscribe(listener: (event: HistoryEvent) => void): () => void;
  /** Safe to call twice. */
  close(): void;
}

/** Starts a new history at `path`; one that exists already is an error, for it is some other run's. */
export function createHistoryWriter(path: string, clock: Pick<SandboxClock, 'now'>): HistoryWriter {
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
      const stamp = { seq, t: toMicros(monotonicMs() - startedMs), s: toMicros(clock.now()) };
      const event: HistoryEvent = { ...stamp, ...context, ...body };
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

/** A single `write` may take only part of the line. */
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
  const reason = cause instanceof Error ? cause.message : String(cause);
  const errno = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const next = nextSteps[errno];
  return new DrillbookError(`the history ${path} cannot be written: ${reason}`, {
    code: 'HISTORY_WRITE',
    cause,
    ...(next ? { next } : {}),
  });
}

function toMicros(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
