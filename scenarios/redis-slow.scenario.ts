import { defineScenario } from '../src/index.ts';

export default defineScenario({
  id: 'redis-slow',
  title: 'every answer of Redis is 200 ms late for half a minute; the fleet copes',
  fault: { kind: 'proxy-slow', proxy: 'redis', latency: '200ms' },
  mendedAfter: '30s',
  selfHealing: true,
  health: { queues: 'all' },
});
