import { expect } from 'vitest';

import { jobsFor, type FaultCase } from '../fault-case.ts';

export const backlogCase: FaultCase = {
  spec: { kind: 'backlog', jobs: jobsFor('scrape.website', 200) },
  expectBroken: async ({ count }) => expect(await count('scrape.website', 'wait')).toBeGreaterThan(100),
};
