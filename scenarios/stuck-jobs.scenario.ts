import { defineScenario } from '../src/index.ts';

const queue = 'pipeline.orchestrate';
const hit = { names: [queue] };

export default defineScenario({
  id: 'stuck-jobs',
  title: 'jobs wait for an answer that never comes and block their queue; removing the old ones sets it free',
  fault: {
    kind: 'stuck-jobs',
    jobs: { queues: hit, count: 2, data: { waitsFor: 'approval' } },
    age: '31m',
  },
  burst: [
    // Jobs that have just failed are for somebody to look at: only those that failed more than a day ago may go, and these have to.
    { queues: hit, count: 5, data: { entityId: '' } },
    { queues: hit, count: 3, data: { entityId: '' }, failedAgo: '25h', ofFault: true },
    // The queue does three at a time. One waited for as long, and was taken only now: it must survive the clean-up, and keeps its place for as
    // long as the fleet is watched (its patience counts from when it was added), so that the queue stays blocked where the others are not removed.
    { queues: hit, count: 1, waited: '40m', data: { waitsFor: 'approval', patienceMs: 2_640_000 } },
  ],
  symptoms: [
    { claim: 'count', queues: hit, state: 'active', op: '>=', value: 3 },
    { claim: 'count', queues: hit, state: 'failed', op: '>=', value: 8 },
  ],
  recovery: [
    {
      run: '4.3 > bash[1]',
      args: [queue, 'worker-enrichment'],
      answers: [{ prompt: /continue/i, reply: 'y' }],
    },
  ],
  // What was not removed is found stalled within a minute, and blocks the queue anew.
  health: { queues: hit, services: ['worker-enrichment'], within: '90s', sustain: '65s' },
  jobs: { removed: 5, removedOf: 'fault', failed: 5, queued: 1 },
});
