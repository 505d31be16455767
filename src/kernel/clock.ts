/** Milliseconds on the host's monotonic clock; only differences mean anything. */
export function monotonicMs(): number {
  return performance.now();
}

/**
 * The clock inside a sandbox: `sandbox = epoch + factor × (real − epoch)`.
 * The one place where the harness, which lives in real time, converts.
 */
export interface SandboxClock {
  /** Real wall-clock instant (ms since 1970) at which both clocks agreed. */
  readonly epochMs: number;
  /** Host CLOCK_MONOTONIC (ns) at the same instant. */
  readonly epochMonotonicNs: bigint;
  /** Sandbox seconds per real second, 1 or more. */
  readonly factor: number;
  /** Sandbox wall-clock time now, ms since 1970. */
  now(): number;
  /** Sandbox milliseconds into real milliseconds. */
  toRealMs(sandboxMs: number): number;
  /** Real milliseconds into sandbox milliseconds. */
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
