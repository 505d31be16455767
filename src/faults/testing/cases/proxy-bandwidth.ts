import { expect, test } from 'vitest';

import { askInApi, echo } from '../ask-in-api.ts';
import type { FaultCase } from '../fault-case.ts';
import type { FaultFixture } from '../fault-fixture.ts';

/** KB a sandbox second. */
const rate = 10;
const bytes = 50_000;
/** So many bytes need 5 s in each direction; sandbox ms. */
const leastMs = 5000;
const timeOf = async (fixture: FaultFixture): Promise<number> => {
  const seen = await askInApi(fixture, 'toxiproxy:6379', echo(bytes));
  expect(seen).toMatchObject({ end: 'answered' });
  return seen.ms;
};

export const proxyBandwidthCase: FaultCase = {
  spec: { kind: 'proxy-bandwidth', proxy: 'redis', rate },
  expectBroken: async (fixture) => expect(await timeOf(fixture)).toBeGreaterThan(leastMs * 0.9),
  expectHealed: async (fixture) => expect(await timeOf(fixture)).toBeLessThan(leastMs / 2),
  more(fixture) {
    test('is proved on an HTTP server too', async () => {
      const fault = await fixture().inject({ kind: 'proxy-bandwidth', proxy: 'email', rate: 2 });
      expect(fault.proof).toMatchObject({ tookEffect: true });
      await fault.heal();
    });
  },
};
