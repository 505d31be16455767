import { defineScenario } from '../src/index.ts';

export default defineScenario({
  id: 'redis-killed',
  title: 'Redis is killed under load and started again; the fleet continues by itself',
  fault: { kind: 'container-killed', service: 'redis' },
  mendedAfter: '10s',
  symptoms: [{ claim: 'container-state', service: 'redis', anyOf: ['exited'] }],
  selfHealing: true,
  health: { queues: 'all', services: ['redis'] },
});
