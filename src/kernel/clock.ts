/** Milliseconds on the host's monotonic clock. Only differences have a meaning. */
export function monotonicMs(): number {
  return performance.now();
}

/**
 * The clock inside a sandbox: `sandbox = epoch + factor × (real − epoch)`.
 * This is the only place where the harness, which runs in real time, converts.
 */
export interface SandboxClock {
  /** The real time (ms since 1970) at which both clocks were equal. */
  readonly epochMs: number;
  /** Host CLOCK_MONOTONIC (ns) at the same instant. */
  readonly epochMonotonicNs: bigint;
  /** Sandbox seconds per real second, 1 or more. */
  readonly factor: number;
  /** Sandbox wall-clock time now, ms since 1970. */
  now(): number;
  /** Converts sandbox milliseconds to real ones. */
  toRealMs(sandboxMs: number): number;
  /** Converts real milliseconds to sandbox ones. */
  toSandboxMs(realMs: number): number;
}

export function createSandboxClock(
  factor: number,
  epochMs: number = Date.now(),
  epochMonotonicNs: bigint = process.hrtime.bigint(),
): SandboxClock {
  return {
    epochMs,
    epochMonotonicNs,
    factor,
    now: () => epochMs + factor * (Number(process.hrtime.bigint() - epochMonotonicNs) / 1e6),
    toRealMs: (sandboxMs) => sandboxMs / factor,
    toSandboxMs: (realMs) => realMs * factor,
  };
}
