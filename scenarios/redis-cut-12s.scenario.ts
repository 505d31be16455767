import { defineScenario } from '../src/index.ts';

export default defineScenario({
  id: 'redis-cut-12s',
  title: 'the network to Redis is cut for 12 s, less than a lock lasts; the fleet continues by itself',
  fault: { kind: 'proxy-silent', proxy: 'redis' },
  mendedAfter: '12s',
  selfHealing: true,
  health: { queues: 'all' },
});
