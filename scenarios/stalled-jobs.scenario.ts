import { defineScenario } from '../src/index.ts';

const hit = { service: 'worker-ai' };

/** The lock of a job lasts 30 s. What BullMQ does about stalled jobs by itself no procedure can claim. */
export default defineScenario({
  id: 'stalled-jobs',
  title: 'worker-ai stands still for longer than its locks last; its stalled jobs come home by themselves',
  fault: { kind: 'container-frozen', service: 'worker-ai' },
  burst: [{ queues: { names: ['agent.chat'] }, count: 20 }],
  mendedAfter: '45s',
  symptoms: [
    { claim: 'container-state', service: 'worker-ai', anyOf: ['paused'] },
    { claim: 'progress', queues: hit, value: false },
  ],
  selfHealing: true,
  health: { queues: hit, services: ['worker-ai'], within: '2m' },
});
