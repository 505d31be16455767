/** The seed of one part, from its name (FNV-1a). It is the same whichever other parts there are. */
export function seedOf(seed: number, part: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(part)) hash = Math.imul(hash ^ byte, 0x01000193);
  return (seed + hash) >>> 0;
}

/** Seeded random numbers in [0, 1), by mulberry32. The same seed gives the same load. */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
