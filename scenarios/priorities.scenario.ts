import { defineScenario } from '../src/index.ts';

const affected = { names: ['outreach.whatsapp.send'] };

/** The least urgent jobs are added first. The queue runs five jobs at a time. */
export default defineScenario({
  id: 'priorities',
  title: 'jobs run in the order of their priorities, and the block shows which ones wait',
  burst: [
    { queues: affected, count: 100, options: { priority: 3 } },
    { queues: affected, count: 100, options: { priority: 2 } },
    { queues: affected, count: 100, options: { priority: 1 } },
  ],
  diagnosis: [
    {
      run: '5.2 > bash[1]',
      shows: [{ pattern: /priority:? 1/i, means: 'jobs with priority 1' }],
    },
  ],
  jobs: { inOrder: affected },
});
