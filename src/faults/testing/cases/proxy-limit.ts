import { expect, test } from 'vitest';

import { askInApi, echo } from '../ask-in-api.ts';
import type { FaultCase } from '../fault-case.ts';
import type { FaultFixture } from '../fault-fixture.ts';

const wanted = 50_000;
const page = { text: '"GET / HTTP/1.1\\r\\nHost: api\\r\\n\\r\\n"' };
const ask = (fixture: FaultFixture) => askInApi(fixture, 'toxiproxy:6379', echo(wanted));

export const proxyLimitCase: FaultCase = {
  spec: { kind: 'proxy-limit', proxy: 'redis', bytes: 20_000 },
  expectBroken: async (fixture) => expect(await ask(fixture)).toMatchObject({ end: 'closed', bytes: 20_000 }),
  expectHealed: async (fixture) => expect(await ask(fixture)).toMatchObject({ end: 'answered' }),
  more(fixture) {
    test('cuts off an HTTP answer in the middle', async () => {
      const fault = await fixture().inject({ kind: 'proxy-limit', proxy: 'email', bytes: 10 });
      expect(fault.proof).toMatchObject({ tookEffect: true });
      const seen = await askInApi(fixture(), 'toxiproxy:9004', { ...page, wanted });
      expect(seen).toMatchObject({ end: 'closed', bytes: 10 });
      await fault.heal();
    });
  },
};
