import { expect } from 'vitest';

import { askInApi } from '../ask-in-api.ts';
import type { FaultCase } from '../fault-case.ts';

export const proxySlowCase: FaultCase = {
  spec: { kind: 'proxy-slow', proxy: 'redis', latency: 4000 },
  expectBroken: async (fixture) =>
    expect(await askInApi(fixture, 'toxiproxy:6379', { patienceMs: 2000 })).toMatchObject({ end: 'silence' }),
  expectHealed: async (fixture) => expect(await askInApi(fixture, 'toxiproxy:6379')).toMatchObject({ end: 'answered' }),
};
