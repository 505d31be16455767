import { defineScenario } from '../src/index.ts';

const queue = 'outreach.whatsapp.send';
const hit = { names: [queue] };

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
      args: [queue],
      shows: [{ pattern: /priority:? 1/i, means: 'jobs with the priority 1' }],
    },
  ],
  jobs: { inOrder: hit },
});
