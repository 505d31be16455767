import { defineScenario } from '../src/index.ts';

const queue = 'scrape.website';
const affected = { names: [queue] };

/** These jobs fail at once. The drain must keep them, because no person has looked at them yet. */
const failed = { claim: 'count', queues: affected, state: 'failed', op: '>=', value: 3 } as const;

/** The queue is limited to 30 jobs a minute, so the flood of a runaway producer would take far too long to work off. */
export default defineScenario({
  id: 'drain-queue',
  title: 'a runaway producer floods one queue; draining empties that queue and no other',
  fault: { kind: 'backlog', jobs: { queues: affected, count: 1500 } },
  burst: [
    { queues: affected, count: 20, options: { delay: 3_600_000 } },
    { queues: affected, count: 20, options: { priority: 5 } },
    { queues: affected, count: 3, data: { cui: 'none' }, options: { lifo: true, attempts: 1 } },
  ],
  symptoms: [
    { claim: 'count', queues: affected, state: 'waiting', op: '>', value: 1000 },
    { claim: 'count', queues: affected, state: 'delayed', op: '>=', value: 20 },
    { claim: 'count', queues: affected, state: 'prioritized', op: '>=', value: 20 },
    failed,
  ],
  recovery: [
    {
      run: '4.4 > bash[1]',
      args: [queue],
      answers: [{ prompt: /DRAIN/, reply: 'DRAIN' }],
      achieves: [
        { claim: 'count', queues: affected, state: 'delayed', op: '=', value: 0 },
        { claim: 'count', queues: affected, state: 'prioritized', op: '=', value: 0 },
        { claim: 'paused', queues: affected, value: true },
      ],
      throughout: [failed],
    },
    { run: '3.2 > Solution > bash[1]', args: [queue], achieves: [{ claim: 'paused', queues: affected, value: false }] },
  ],
  // After the resume the rate limit may still be used up: the queue then waits for the rest of its minute.
  health: { queues: affected, within: '90s', wedgeGrace: '70s' },
  jobs: { removed: 1600, atLeast: { removed: 1000 }, removedFrom: affected, failed: 3, duplicates: 'effectively-once' },
});
