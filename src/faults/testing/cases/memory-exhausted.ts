import { expect, test } from 'vitest';

import { pollUntil } from '../../../kernel/poll-until.ts';
import { jobsFor, type FaultCase } from '../fault-case.ts';
import { service } from '../fault-fixture.ts';

const mebi = 1024 * 1024;

export const memoryExhaustedCase: FaultCase = {
  spec: {
    kind: 'memory-exhausted',
    service,
    limit: 320 * mebi,
    jobs: jobsFor('ingest.csv', 2, { rows: 1_500_000 }),
  },
  // The engine counts a restart before the new process runs.
  expectBroken: ({ state }) =>
    pollUntil(
      async () => {
        const { restarts, state: now } = await state();
        return restarts > 0 && now === 'running';
      },
      { what: `a restart of ${service}`, withinMs: 10_000 },
    ),
  expectHealed: async ({ state, pristine }) => expect((await state()).setUp).toEqual(pristine.setUp),
  more(fixture) {
    test('a lowered limit applies at once, and lifting it restores all limits', async () => {
      const { sandbox, state, pristine } = fixture();
      const lift = await sandbox.limitMemory(service, 300 * mebi);
      expect((await state()).setUp).toMatchObject({ 'memory limit': String(300 * mebi) });
      await lift();
      expect((await state()).setUp).toEqual(pristine.setUp);
    });
  },
};
