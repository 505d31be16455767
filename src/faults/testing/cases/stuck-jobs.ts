import { expect, test } from 'vitest';

import { jobsFor, type FaultCase } from '../fault-case.ts';
import type { FaultFixture } from '../fault-fixture.ts';

const age = 1_860_000;
const name = 'bull:pipeline.orchestrate';
const spec = { kind: 'stuck-jobs', jobs: jobsFor('pipeline.orchestrate', 3, { waitsFor: 'x' }), age } as const;
const firstActive = async ({ fleet }: FaultFixture): Promise<string> =>
  (await fleet.redis.lrange(`${name}:active`, 0, 0))[0] ?? '';

export const stuckJobsCase: FaultCase = {
  spec,
  async expectBroken(fixture) {
    const { fleet, sandbox } = fixture;
    const id = await firstActive(fixture);
    const times = await fleet.redis.hmget(`${name}:${id}`, 'timestamp', 'processedOn');
    for (const time of times) expect(sandbox.clock.now() - Number(time)).toBeGreaterThan(age);
    expect(await fleet.redis.exists(`${name}:${id}:lock`)).toBe(1);
  },
  more(fixture) {
    test('healing restarts the worker, removes the jobs and their locks', async () => {
      const { fleet, state, inject, expectHealthy } = fixture();
      const fault = await inject(spec);
      const id = await firstActive(fixture());
      const before = (await state()).startedAt;
      await fault.heal();
      expect(await fleet.redis.exists(`${name}:${id}`, `${name}:${id}:lock`)).toBe(0);
      expect((await state()).startedAt).not.toBe(before);
      await expectHealthy();
    });
  },
};
