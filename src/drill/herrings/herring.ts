import type { Address, Sandbox } from '../../sandbox/sandbox.ts';

/** What a red herring may touch. */
export interface HerringTarget {
  readonly sandbox: Pick<Sandbox, 'exec'>;
  readonly redisAddress: Address;
  /** A service of workers that the fault leaves alone. */
  readonly service: string;
}

/**
 * Something odd that is true and has nothing to do with the incident. It must do no harm: with it alone the fleet stays
 * in its steady state, and no threshold is crossed (test/red-herrings.e2e.test.ts).
 */
export interface Herring {
  /** @returns what the player can see, for the debrief, and how to take it away again */
  plant(target: HerringTarget): Promise<PlantedHerring>;
}

export interface PlantedHerring {
  readonly text: string;
  remove(): Promise<void>;
}
