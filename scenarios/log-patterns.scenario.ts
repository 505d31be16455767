import { defineScenario } from '../src/index.ts';

const busy = { names: ['outreach.email.track', 'outreach.whatsapp.receive'] };

/** New containers have new logs, in which nothing is wrong yet. That an error is found is told by `api-slow`. */
export default defineScenario({
  id: 'log-patterns',
  title: 'the log patterns count what was completed, and do not cry on a healthy fleet',
  // Only one of them has so much to do that its number can be told from the other's.
  fresh: ['worker-outreach', 'worker-enrichment'],
  burst: [{ queues: busy, count: 600 }],
  diagnosis: [
    {
      run: '6.4 > bash[1]',
      achieves: [{ claim: 'count', queues: busy, state: 'prioritized', op: '<=', value: 2 }],
      shows: [{ pattern: /^(?![\s\S]*"level":"error")/, means: 'no error where there is none' }],
    },
    {
      run: '6.4 > bash[1]',
      shows: [{ pattern: /^(?:[5-9]\d\d|\d{4,})\s*$/m, means: 'how many jobs worker-outreach completed' }],
    },
  ],
});
