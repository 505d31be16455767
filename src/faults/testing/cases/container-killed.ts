import { expect } from 'vitest';

import type { FaultCase } from '../fault-case.ts';
import { service } from '../fault-fixture.ts';

export const containerKilledCase: FaultCase = {
  spec: { kind: 'container-killed', service },
  expectBroken: async ({ state }) => expect(await state()).toMatchObject({ state: 'exited', exitCode: 137 }),
  expectHealed: ({ expectHealthy }) => expectHealthy(),
};
