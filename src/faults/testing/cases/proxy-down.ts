import { expect } from 'vitest';

import { askInApi } from '../ask-in-api.ts';
import type { FaultCase } from '../fault-case.ts';

export const proxyDownCase: FaultCase = {
  spec: { kind: 'proxy-down', proxy: 'redis' },
  expectBroken: async (fixture) =>
    expect(await askInApi(fixture, 'toxiproxy:6379')).toMatchObject({ end: 'ECONNREFUSED' }),
  expectHealed: async (fixture) => expect(await askInApi(fixture, 'toxiproxy:6379')).toMatchObject({ end: 'answered' }),
};
