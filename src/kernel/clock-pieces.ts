/**
 * How a sandbox's clock relates to the host's, to the nanosecond:
 *
 *     sandbox(host) = base + sum over the pieces of rate × (the host's nanoseconds within the piece)
 *
 * "host" is CLOCK_MONOTONIC, for the sandbox's wall clock too, so a step of the host's wall clock moves nothing.
 * native/clock-record.h has the same formula for the programs in the sandbox, with the same rounding.
 */

/** A stretch of time with one rate. It lasts until the next piece starts. */
export interface Piece {
  /** Host CLOCK_MONOTONIC. */
  readonly startNs: bigint;
  /** Sandbox seconds per real second; 0 stops the clock. */
  readonly rate: number;
}

export interface ClockPieces {
  /** What both sandbox clocks show at the start of the first piece. */
  readonly realtimeNs: bigint;
  readonly monotonicNs: bigint;
  /** In the order of their starts, at least one. */
  readonly pieces: readonly [Piece, ...(readonly Piece[])];
}

/** What the sandbox's monotonic clock shows when the host's shows `hostNs`. */
export function sandboxNsAt({ monotonicNs, pieces }: ClockPieces, hostNs: bigint): bigint {
  let total = monotonicNs;
  for (const [i, { startNs, rate }] of pieces.entries()) {
    const next = pieces[i + 1]?.startNs;
    if (next === undefined || next > hostNs) return total + scaled(hostNs - startNs, rate);
    total += scaled(next - startNs, rate);
  }
  return total;
}

/**
 * The first host time at which the sandbox's monotonic clock shows `sandboxNs`.
 * @returns undefined if the clock stops before that and never goes on
 */
export function hostNsAt({ monotonicNs, pieces }: ClockPieces, sandboxNs: bigint): bigint | undefined {
  // From the start of the piece on.
  let left = sandboxNs - monotonicNs;
  for (const [i, { startNs, rate }] of pieces.entries()) {
    if (left <= 0n) return startNs;
    const next = pieces[i + 1]?.startNs;
    const length = next === undefined ? undefined : scaled(next - startNs, rate);
    if (rate > 0 && (length === undefined || left <= length)) return startNs + unscaled(left, rate);
    left -= length ?? 0n;
  }
  return undefined;
}

/** The rate when the host's clock shows `hostNs`. */
export function rateAt({ pieces }: ClockPieces, hostNs: bigint): number {
  return (pieces.findLast(({ startNs }) => startNs <= hostNs) ?? pieces[0]).rate;
}

/** The same clock from the piece on that it is in at `hostNs`: earlier pieces only move the base. */
export function fromPresentPiece(clock: ClockPieces, hostNs: bigint): ClockPieces {
  const index = clock.pieces.findLastIndex(({ startNs }) => startNs <= hostNs);
  const [first, ...rest] = clock.pieces.slice(Math.max(0, index));
  if (!first) throw new Error('a clock has at least one piece');
  const monotonicNs = sandboxNsAt(clock, first.startNs);
  return { realtimeNs: clock.realtimeNs + (monotonicNs - clock.monotonicNs), monotonicNs, pieces: [first, ...rest] };
}

/** Rounds towards zero, as the C library does. */
function scaled(hostNs: bigint, rate: number): bigint {
  return rate === 1 ? hostNs : BigInt(Math.trunc(Number(hostNs) * rate));
}

function unscaled(sandboxNs: bigint, rate: number): bigint {
  if (rate === 1) return sandboxNs;
  let wait = BigInt(Math.trunc(Number(sandboxNs) / rate));
  while (scaled(wait, rate) < sandboxNs) wait += 1n;
  return wait;
}
