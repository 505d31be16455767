import { expect, test } from 'vitest';

import { unmetBy } from '../testing/judge-recording.ts';
import { type Recording } from '../testing/record-run.ts';

test('is inconclusive when the fleet was never healthy', async () => {
  expect(await unmetBy({ beforeFault: (world) => (world.backlog = 5000) })).toEqual({});
  const idle: Recording = { beforeFault: (world) => (world.othersRate = 2) };
  expect(await unmetBy(idle)).toMatchObject({
    'steady-state': expect.stringMatching(/^inconclusive: the steady state never held: the processing rate/) as string,
  });
});
