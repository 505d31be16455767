import { defineScenario } from '../src/index.ts';

const busy = { names: ['outreach.email.track', 'outreach.whatsapp.receive'] };

/** New containers have new logs without errors. The scenario `api-slow` checks that an error is found. */
export default defineScenario({
  id: 'log-patterns',
  title: 'the log patterns count completed jobs and find no error on a healthy fleet',
  // Only one of the two has this much work, so that its count differs clearly from the other one.
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
