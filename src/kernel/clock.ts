import { setTimeout as delay } from 'node:timers/promises';

import { hostNsAt, rateAt, sandboxNsAt, type ClockPieces } from './clock-pieces.ts';

/** Milliseconds on the host's monotonic clock. Only differences have a meaning. */
export function monotonicMs(): number {
  return performance.now();
}

/** Host CLOCK_MONOTONIC at the zero of `monotonicMs`. */
const originNs = process.hrtime.bigint() - toNs(monotonicMs());

/**
 * The clock inside a sandbox (docs/sandbox-clock.md). This is the only place where the harness, which runs in real
 * time, converts. Real times are those of `monotonicMs`, sandbox times are ms since 1970.
 */
export interface SandboxClock {
  /** All pieces since the sandbox began. */
  readonly pieces: ClockPieces;
  /** The rate never changes, except where the pieces say so. */
  readonly steady: boolean;
  /** Sandbox seconds per real second at this moment; 0 while the clock is stopped. */
  readonly rate: number;
  /** Sandbox wall-clock time now. */
  now(): number;
  sandboxAt(realMs: number): number;
  /** When the sandbox's clock shows a time; Infinity if it stops before and nothing is known to start it again. */
  realAt(sandboxMs: number): number;
  /** Waits until the sandbox's clock shows a time, however often its rate changes. Rejects if `signal` aborts. */
  waitUntil(sandboxMs: number, signal?: AbortSignal): Promise<void>;
  /** Converts a duration at the rate of this moment. To wait for one, use `waitUntil`. */
  toRealMs(sandboxMs: number): number;
  toSandboxMs(realMs: number): number;
  /** Calls the listener after each change of the pieces. Returns how to unsubscribe. */
  onChange(listener: () => void): () => void;
}

/** A clock whose owner can replace its pieces. The new ones must agree with the old ones up to now. */
export interface AdjustableClock extends SandboxClock {
  adopt(pieces: ClockPieces): void;
}

/** A clock with one rate, which never changes if it is steady. Both clocks are equal at the epoch. */
export function createSandboxClock(rate: number, { steady = true } = {}): SandboxClock {
  return createClock(startPieces(rate, Date.now(), process.hrtime.bigint()), steady);
}

export function startPieces(rate: number, epochMs: number, epochMonotonicNs: bigint): ClockPieces {
  return {
    realtimeNs: BigInt(Math.round(epochMs)) * 1_000_000n,
    monotonicNs: epochMonotonicNs,
    pieces: [{ startNs: epochMonotonicNs, rate }],
  };
}

export function createClock(first: ClockPieces, steady: boolean): AdjustableClock {
  let pieces = first;
  const wallOffsetNs = first.realtimeNs - first.monotonicNs;
  const listeners = new Set<() => void>();
  const present = (): number => rateAt(pieces, process.hrtime.bigint());
  const wallAt = (hostNs: bigint): number => toMs(sandboxNsAt(pieces, hostNs) + wallOffsetNs);
  const realAt = (sandboxMs: number): number => {
    const hostNs = hostNsAt(pieces, toNs(sandboxMs) - wallOffsetNs);
    return hostNs === undefined ? Infinity : toMs(hostNs - originNs);
  };
  const onChange = (listener: () => void): (() => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  return {
    get pieces() {
      return pieces;
    },
    steady,
    get rate() {
      return present();
    },
    now: () => wallAt(process.hrtime.bigint()),
    sandboxAt: (realMs) => wallAt(originNs + toNs(realMs)),
    realAt,
    async waitUntil(sandboxMs, signal) {
      for (;;) {
        signal?.throwIfAborted();
        const leftMs = realAt(sandboxMs) - monotonicMs();
        if (leftMs <= 0) return;
        await delayUnlessChanged(leftMs, onChange, signal);
      }
    },
    toRealMs: (sandboxMs) => sandboxMs / present(),
    toSandboxMs: (realMs) => realMs * present(),
    onChange,
    adopt(next) {
      pieces = next;
      for (const listener of listeners) listener();
    },
  };
}

const longestTimerMs = 2 ** 31 - 1;

/** Waits for a time, or until the clock changes. Rejects with the reason of `signal`, if it aborts. */
async function delayUnlessChanged(
  ms: number,
  onChange: SandboxClock['onChange'],
  signal: AbortSignal | undefined,
): Promise<void> {
  const changed = new AbortController();
  const unsubscribe = onChange(() => changed.abort());
  const until = signal ? AbortSignal.any([changed.signal, signal]) : changed.signal;
  try {
    await delay(Math.min(Math.ceil(ms), longestTimerMs), undefined, { signal: until });
  } catch (error) {
    signal?.throwIfAborted();
    if (!changed.signal.aborted) throw error;
  } finally {
    unsubscribe();
  }
}

function toNs(ms: number): bigint {
  const whole = Math.floor(ms);
  return BigInt(whole) * 1_000_000n + BigInt(Math.round((ms - whole) * 1e6));
}

function toMs(ns: bigint): number {
  return Number(ns / 1_000_000n) + Number(ns % 1_000_000n) / 1e6;
}
