import { defineScenario } from '../src/index.ts';

const queue = 'scrape.website';
const hit = { names: [queue] };

/** They fail at once, and are to be kept: nobody has looked at them yet. */
const failed = { claim: 'count', queues: hit, state: 'failed', op: '>=', value: 3 } as const;

/** The queue may do 30 jobs a minute, so that nobody sees the end of what a runaway producer put into it. */
export default defineScenario({
  id: 'drain-queue',
  title: 'a runaway producer floods one queue; draining it empties that one and no other',
  fault: { kind: 'backlog', jobs: { queues: hit, count: 1500 } },
  burst: [
    { queues: hit, count: 20, options: { delay: 3_600_000 } },
    { queues: hit, count: 20, options: { priority: 5 } },
    { queues: hit, count: 3, data: { cui: 'none' }, options: { lifo: true, attempts: 1 } },
  ],
  symptoms: [
    { claim: 'count', queues: hit, state: 'waiting', op: '>', value: 1000 },
    { claim: 'count', queues: hit, state: 'delayed', op: '>=', value: 20 },
    { claim: 'count', queues: hit, state: 'prioritized', op: '>=', value: 20 },
    failed,
  ],
  recovery: [
    {
      run: '4.4 > bash[1]',
      args: [queue],
      answers: [{ prompt: /DRAIN/, reply: 'DRAIN' }],
      achieves: [
        { claim: 'count', queues: hit, state: 'delayed', op: '=', value: 0 },
        { claim: 'count', queues: hit, state: 'prioritized', op: '=', value: 0 },
        { claim: 'paused', queues: hit, value: true },
      ],
      throughout: [failed],
    },
    { run: '3.2 > Solution > bash[1]', args: [queue], achieves: [{ claim: 'paused', queues: hit, value: false }] },
  ],
  // Whoever resumes a queue whose window is used up sees it wait for the rest of it.
  health: { queues: hit, within: '90s', wedgeGrace: '70s' },
  jobs: { removed: 1600, removedFrom: hit, failed: 3, duplicates: 'effectively-once' },
});
