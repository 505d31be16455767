import { expect } from 'vitest';

import type { FaultCase } from '../fault-case.ts';

export const redisMemoryFullCase: FaultCase = {
  spec: { kind: 'redis-memory-full' },
  expectBroken: ({ fleet }) => expect(fleet.redis.set('probe', '1')).rejects.toThrow('OOM command not allowed'),
  expectHealed: async ({ fleet }) => expect(await fleet.redis.set('probe', '1')).toBe('OK'),
};
