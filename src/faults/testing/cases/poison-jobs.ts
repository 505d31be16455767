import { expect } from 'vitest';

import { jobsFor, type FaultCase } from '../fault-case.ts';

export const poisonJobsCase: FaultCase = {
  spec: { kind: 'poison-jobs', jobs: jobsFor('normalize.email', 5, { cui: 'x' }), reason: /^Invalid data: cui/ },
  expectBroken: async ({ count }) => expect(await count('normalize.email', 'failed')).toBe(5),
};
