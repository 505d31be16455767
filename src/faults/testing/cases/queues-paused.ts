import { expect } from 'vitest';

import type { FaultCase } from '../fault-case.ts';
import type { FaultFixture } from '../fault-fixture.ts';

const names = ['scrape.website', 'normalize.email'];
const pauseFlags = ({ fleet }: FaultFixture): Promise<readonly number[]> =>
  Promise.all(names.map((name) => fleet.redis.hexists(`bull:${name}:meta`, 'paused')));

export const queuesPausedCase: FaultCase = {
  spec: { kind: 'queues-paused', queues: { names } },
  expectBroken: async (fixture) => expect(await pauseFlags(fixture)).toEqual([1, 1]),
  expectHealed: async (fixture) => expect(await pauseFlags(fixture)).toEqual([0, 0]),
};
