import { defineScenario } from '../src/index.ts';

export default defineScenario({
  id: 'redis-cut-60s',
  title: 'the network to Redis is cut for a minute, longer than locks last; the fleet goes on by itself',
  fault: { kind: 'proxy-silent', proxy: 'redis' },
  mendedAfter: '60s',
  selfHealing: true,
  health: { queues: 'all' },
});
