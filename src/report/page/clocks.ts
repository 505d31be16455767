import type { Instant } from '../../record/arm-record.ts';

/** Sandbox time may be off by so much between two kept instants, ms. A reader cannot see it. */
const tolerance = 50;

/**
 * Converts between real time (ms since the run's start) and sandbox time (ms since 1970). It goes by recorded instants,
 * because the sandbox clock may change its rate in mid-run, and stand still.
 */
export class Clocks {
  /** In the order of time. Between two of them both clocks run evenly. */
  readonly knots: readonly Instant[];

  /** @param instants in the order of time, at least one */
  constructor(instants: readonly Instant[]) {
    this.knots = simplify(instants);
  }

  sandboxAt(t: number): number {
    return convert(this.knots, t, 't', 's');
  }

  realAt(s: number): number {
    return convert(this.knots, s, 's', 't');
  }
}

function convert(knots: readonly Instant[], value: number, from: keyof Instant, to: keyof Instant): number {
  const after = knots.findIndex((knot, index) => index > 0 && knot[from] >= value);
  const end = after === -1 ? knots.length - 1 : after;
  const [a, b] = [knots[Math.max(0, end - 1)], knots[end]];
  if (!a || !b) return value;
  const span = b[from] - a[from];
  if (span === 0) return b[to] + (value - b[from]);
  return a[to] + ((value - a[from]) / span) * (b[to] - a[to]);
}

/** Leaves out each instant that lies on the line between the kept ones. */
function simplify(instants: readonly Instant[]): readonly Instant[] {
  const kept: Instant[] = [];
  let skipped: Instant[] = [];
  for (const { t, s } of instants) {
    const [start, last] = [kept.at(-1), skipped.at(-1)];
    if (
      start &&
      last &&
      skipped.some((one) => Math.abs(convert([start, { t, s }], one.t, 't', 's') - one.s) > tolerance)
    ) {
      kept.push(last);
      skipped = [];
    }
    if (kept.length === 0) kept.push({ t, s });
    else skipped.push({ t, s });
  }
  const last = skipped.at(-1);
  return last ? [...kept, last] : kept;
}
