import type { HistoryEvent } from '../../src/history/events.ts';

/** A phase of the run as a whole (`start`), or of one of its arms (`treatment start`). */
export type Stratum = string;

/** When to kill a run: so many ms after its phase was seen to start. */
export interface KillPoint {
  readonly stratum: Stratum;
  readonly afterMs: number;
}

export function stratumOf(event: HistoryEvent & { readonly type: 'phase.started' | 'phase.ended' }): Stratum {
  return event.arm === undefined ? event.phase : `${event.arm} ${event.phase}`;
}

/** How long each phase of a complete run took, ms. The last phase lasts until the process ended. */
export function measurePhases(events: readonly HistoryEvent[], endedMs: number): ReadonlyMap<Stratum, number> {
  const began = events.filter((event) => event.type === 'phase.started');
  return new Map(began.map((event, index) => [stratumOf(event), (began[index + 1]?.t ?? endedMs) - event.t]));
}

/**
 * Chooses points spread over all phases. Each phase gets two, and the rest goes to early and busy ones. Within a phase
 * every point lies in its own equal part, at random. The same seed gives the same points.
 */
export function chooseKillPoints(
  phases: ReadonlyMap<Stratum, number>,
  count: number,
  seed: number,
): readonly KillPoint[] {
  const random = generator(seed);
  const strata = [...phases.keys()];
  const shares = new Map(strata.map((stratum) => [stratum, 2]));
  // Early phases are cheap to reach, and `start` creates most of what a killed run may leave behind.
  const early = ['start', 'load', 'treatment start', 'treatment inject', 'treatment recover', 'start'];
  for (let given = 2 * strata.length, turn = 0; given < count; given += 1, turn += 1) {
    const stratum = early[turn % early.length] ?? 'start';
    shares.set(stratum, (shares.get(stratum) ?? 0) + 1);
  }
  const points = [...shares].flatMap(([stratum, share]) =>
    Array.from({ length: share }, (_, part) => ({
      stratum,
      afterMs: ((part + random()) / share) * (phases.get(stratum) ?? 0),
      order: random(),
    })),
  );
  return points
    .toSorted((a, b) => a.order - b.order)
    .map(({ stratum, afterMs }) => ({ stratum, afterMs }))
    .slice(0, count);
}

/** mulberry32 */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
