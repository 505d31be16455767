import { expect } from 'vitest';

import type { FaultCase } from '../fault-case.ts';
import { service } from '../fault-fixture.ts';

export const containerFrozenCase: FaultCase = {
  spec: { kind: 'container-frozen', service },
  expectBroken: ({ sandbox }) => expect(sandbox.exec(service, ['true'])).rejects.toThrow(/paused/),
  expectHealed: ({ expectHealthy }) => expectHealthy(),
};
