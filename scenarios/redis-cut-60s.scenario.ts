import { defineScenario } from '../src/index.ts';

export default defineScenario({
  id: 'redis-cut-60s',
  title: 'the network to Redis is cut for a minute, longer than a lock lasts; the fleet continues by itself',
  fault: { kind: 'proxy-silent', proxy: 'redis' },
  mendedAfter: '60s',
  selfHealing: true,
  health: { queues: 'all' },
});
