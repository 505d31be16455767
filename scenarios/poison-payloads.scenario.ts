import { defineScenario } from '../src/index.ts';
import { jobsFail, nothingIsPaused } from './decision-tree.ts';

const [queue, second] = ['outreach.email.send', 'outreach.whatsapp.send'];
const affected = { names: [queue, second] };

export default defineScenario({
  id: 'poison-payloads',
  title: 'messages with a bad payload fail; removing them keeps every other message',
  fault: {
    kind: 'poison-jobs',
    jobs: { queues: affected, count: 20, data: { phone: 'not a number' } },
    reason: /^Invalid data: phone/,
  },
  // The mail provider refuses these. They fail too, but the block must leave them alone.
  burst: [{ queues: { names: [queue] }, count: 2, data: { to: 'someone@nowhere.invalid' }, options: { attempts: 1 } }],
  symptoms: [{ claim: 'count', queues: affected, state: 'failed', op: '>=', value: 10 }],
  diagnosis: [
    // Decision tree of section 2.2: no queue is paused, jobs fail, and the reason points to the section.
    { run: '2.1 > bash[1]', shows: [jobsFail(queue), nothingIsPaused] },
    {
      run: '3.3 > Diagnosis > bash[1]',
      args: [queue],
      shows: [
        { pattern: /reason:.*Invalid data/i, means: 'why the jobs fail' },
        { pattern: /not a number/, means: 'the payload that is bad' },
      ],
    },
  ],
  // First with the queue that the block names itself, then with another one.
  recovery: [{ run: '3.3 > Solution > bash[1]' }, { run: '3.3 > Solution > bash[1]', args: [second] }],
  health: { queues: affected, failed: 2, within: '90s' },
  jobs: { removed: 20, atLeast: { removed: 20 }, removedOf: 'fault', failed: 2, duplicates: 'effectively-once' },
});
