import { defineScenario } from '../src/index.ts';

const affected = { names: ['outreach.whatsapp.send'] };
/** This queue is limited to 30 jobs a minute, so some of these wait for a while. */
const slow = { names: ['scrape.website'] };

/** The least urgent jobs are added first. The queue runs five jobs at a time. */
export default defineScenario({
  id: 'priorities',
  title: 'jobs run in the order of their priorities, and the block shows which ones wait',
  burst: [
    { queues: affected, count: 100, options: { priority: 3 } },
    { queues: affected, count: 100, options: { priority: 2 } },
    { queues: affected, count: 100, options: { priority: 1 } },
    { queues: slow, count: 45, options: { priority: 7 } },
  ],
  diagnosis: [
    {
      run: '5.2 > bash[1]',
      shows: [{ pattern: /priority:? 1/i, means: 'jobs with priority 1' }],
    },
    {
      run: '5.2 > bash[1]',
      args: slow.names,
      shows: [{ pattern: /priority:? 7/i, means: 'the jobs of the queue that it was asked for' }],
    },
  ],
  // A used-up rate limit holds the jobs back for the rest of its minute.
  health: { wedgeGrace: '70s' },
  jobs: { inOrder: affected },
});
