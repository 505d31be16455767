import { expect } from 'vitest';

import { jobsFor, type FaultCase } from '../fault-case.ts';

export const delayedJobsCase: FaultCase = {
  spec: { kind: 'delayed-jobs', jobs: jobsFor('geo.region', 50), delay: 600_000 },
  expectBroken: async ({ count }) => expect(await count('geo.region', 'delayed')).toBe(50),
};
