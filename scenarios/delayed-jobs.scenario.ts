import { defineScenario } from '../src/index.ts';

const queues = { names: ['normalize.cui', 'normalize.email', 'normalize.phone', 'normalize.name'] };

export default defineScenario({
  id: 'delayed-jobs',
  title: 'delayed jobs pile up beyond the alert threshold; when they are due, the fleet completes them all',
  fault: { kind: 'delayed-jobs', jobs: { queues, count: 2100 }, delay: '30s' },
  symptoms: [{ claim: 'over-threshold', metric: 'delayed' }],
  selfHealing: true,
  health: { queues },
});
