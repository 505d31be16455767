import { expect } from 'vitest';

import { askInApi } from '../ask-in-api.ts';
import type { FaultCase } from '../fault-case.ts';

export const proxyResetCase: FaultCase = {
  spec: { kind: 'proxy-reset', proxy: 'redis', timeout: 2000 },
  async expectBroken(fixture) {
    const seen = await askInApi(fixture, 'toxiproxy:6379');
    expect(seen).toMatchObject({ end: 'ECONNRESET', bytes: 0 });
    expect(seen.ms).toBeGreaterThan(1900);
  },
  expectHealed: async (fixture) => expect(await askInApi(fixture, 'toxiproxy:6379')).toMatchObject({ end: 'answered' }),
};
