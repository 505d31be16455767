import { expect, test } from 'vitest';

import { pollUntil } from '../../../kernel/poll-until.ts';
import type { FaultCase } from '../fault-case.ts';
import { service } from '../fault-fixture.ts';

const spec = { kind: 'crash-loop', service, path: '/app/config/worker.json', content: '{ "log":' } as const;

export const crashLoopCase: FaultCase = {
  spec,
  expectBroken: async ({ state }) => expect((await state()).restarts).toBeGreaterThanOrEqual(2),
  expectHealed: ({ expectHealthy }) => expectHealthy(),
  more(fixture) {
    test('a restart does not clear it, a new container does', async () => {
      const { inject, state, sandbox, expectHealthy } = fixture();
      const fault = await inject(spec);
      const before = (await state()).restarts;
      await sandbox.restart(service);
      await pollUntil(async () => (await state()).restarts > before + 1, {
        what: 'more restarts',
        withinMs: 30_000,
        everyMs: 50,
      });
      await sandbox.recreate(service);
      await expectHealthy();
      expect((await state()).restarts).toBe(0);
      await fault.heal();
    });
  },
};
