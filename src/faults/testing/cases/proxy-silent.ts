import { expect } from 'vitest';

import { askInApi } from '../ask-in-api.ts';
import type { FaultCase } from '../fault-case.ts';

export const proxySilentCase: FaultCase = {
  spec: { kind: 'proxy-silent', proxy: 'email' },
  expectBroken: async (fixture) =>
    expect(await askInApi(fixture, 'toxiproxy:9004', { patienceMs: 2000 })).toMatchObject({ end: 'silence' }),
  expectHealed: async (fixture) => expect(await askInApi(fixture, 'toxiproxy:9004')).toMatchObject({ end: 'answered' }),
};
