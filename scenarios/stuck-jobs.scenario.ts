import { defineScenario } from '../src/index.ts';

const queue = 'pipeline.orchestrate';
const affected = { names: [queue] };
const bystander = { names: ['scrape.website'] };

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
    // Old failures of another queue are evidence too. The block cleans its own queue only.
    { queues: bystander, count: 3, data: { cui: 'none' }, options: { lifo: true, attempts: 1 }, failedAgo: '25h' },
    // The queue runs three jobs at a time. This one waited longer than the stuck ones but has been active for less than
    // half an hour, so the clean-up must keep it. It stays active as long as the fleet is watched (its patience counts
    // from when it was added). So the queue stays blocked if the other two are not removed.
    {
      queues: affected,
      count: 1,
      waited: '40m',
      activeFor: '25m',
      data: { waitsFor: 'approval', patienceMs: 2_640_000 },
    },
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
  jobs: { removed: 5, atLeast: { removed: 5 }, removedOf: 'fault', failed: 8, queued: 1 },
});
