import { defineScenario } from '../src/index.ts';

const affected = { service: 'worker-ai' };

/** The lock of a job lasts 30 s. BullMQ recovers stalled jobs by itself, so no procedure gets the credit. */
export default defineScenario({
  id: 'stalled-jobs',
  title: 'worker-ai freezes for longer than its locks last; its stalled jobs recover by themselves',
  fault: { kind: 'container-frozen', service: 'worker-ai' },
  burst: [{ queues: { names: ['agent.chat'] }, count: 20 }],
  mendedAfter: '45s',
  symptoms: [
    { claim: 'container-state', service: 'worker-ai', anyOf: ['paused'] },
    { claim: 'progress', queues: affected, value: false },
  ],
  selfHealing: true,
  health: { queues: affected, services: ['worker-ai'], within: '2m' },
});
