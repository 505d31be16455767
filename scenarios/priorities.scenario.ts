import { defineScenario } from '../src/index.ts';

const hit = { names: ['outreach.whatsapp.send'] };

/** The least urgent come first, and the queue does five at a time. */
export default defineScenario({
  id: 'priorities',
  title: 'jobs are done in order of their priorities, and the block shows which wait',
  burst: [
    { queues: hit, count: 100, options: { priority: 3 } },
    { queues: hit, count: 100, options: { priority: 2 } },
    { queues: hit, count: 100, options: { priority: 1 } },
  ],
  diagnosis: [
    {
      run: '5.2 > bash[1]',
      shows: [{ pattern: /priority:? 1/i, means: 'jobs with the priority 1' }],
    },
  ],
  jobs: { inOrder: hit },
});
