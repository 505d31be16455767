import { defineScenario } from '../src/index.ts';

const queue = 'pipeline.orchestrate';
const affected = { names: [queue] };

export default defineScenario({
  id: 'stuck-jobs',
  title: 'jobs wait for an answer that never comes and block their queue; removing the old ones unblocks it',
  fault: {
    kind: 'stuck-jobs',
    jobs: { queues: affected, count: 2, data: { waitsFor: 'approval' } },
    age: '31m',
  },
  burst: [
    // A person still has to look at jobs that just failed. The block must remove those that failed over a day ago only.
    { queues: affected, count: 5, data: { entityId: '' } },
    { queues: affected, count: 3, data: { entityId: '' }, failedAgo: '25h', ofFault: true },
    // The queue runs three jobs at a time. This one waited as long as the stuck ones but has only just started, so the
    // clean-up must keep it. It stays active as long as the fleet is watched (its patience counts from when it was
    // added). So the queue stays blocked if the other two are not removed.
    { queues: affected, count: 1, waited: '40m', data: { waitsFor: 'approval', patienceMs: 2_640_000 } },
  ],
  symptoms: [
    { claim: 'count', queues: affected, state: 'active', op: '>=', value: 3 },
    { claim: 'count', queues: affected, state: 'failed', op: '>=', value: 8 },
  ],
  recovery: [
    {
      run: '4.3 > bash[1]',
      args: [queue, 'worker-enrichment'],
      answers: [{ prompt: /continue/i, reply: 'y' }],
    },
  ],
  // BullMQ finds a job that was not removed stalled within a minute; it then blocks the queue again.
  health: { queues: affected, services: ['worker-enrichment'], within: '90s', sustain: '65s' },
  jobs: { removed: 5, removedOf: 'fault', failed: 5, queued: 1 },
});
