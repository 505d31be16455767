import { defineScenario } from '../src/index.ts';

export default defineScenario({
  id: 'redis-memory-full',
  title: 'Redis has no memory left and refuses every write; with its limit back, the fleet continues',
  fault: { kind: 'redis-memory-full' },
  symptoms: [
    { claim: 'over-threshold', metric: 'rate' },
    { claim: 'count', queues: 'all', state: 'active', op: '=', value: 0 },
  ],
  recovery: [
    {
      run: '3.3 > Solution > bash[3]',
      shows: [{ pattern: /^8589934592\s*$/m, means: 'the new limit of Redis' }],
    },
  ],
  health: { queues: 'all', within: '90s' },
  touches: { redis: ['config|set'] },
});
