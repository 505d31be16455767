import { expect } from 'vitest';

import type { FaultCase } from '../fault-case.ts';
import type { FaultFixture } from '../fault-fixture.ts';

/** Status and Retry-After of a call to the API. */
const call = ({ runInApi }: FaultFixture): Promise<string> =>
  runInApi(`fetch("http://toxiproxy:9001/anaf", { method: "POST", body: "{}" })
    .then(({ status, headers }) => console.log(status, headers.get("retry-after")))`);

export const rateLimitStormCase: FaultCase = {
  spec: { kind: 'rate-limit-storm', apis: ['anaf'], quiet: 600_000 },
  expectBroken: async (fixture) => expect(await call(fixture)).toBe('429 600'),
  expectHealed: async (fixture) => expect(await call(fixture)).not.toBe('429 600'),
};
