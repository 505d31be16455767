import { defineScenario } from '../src/index.ts';
import { jobsFail, nothingIsPaused } from './decision-tree.ts';

const queue = 'outreach.email.send';
const hit = { names: [queue] };

export default defineScenario({
  id: 'poison-payloads',
  title: 'messages with a bad payload fail; removing them keeps every other one',
  fault: {
    kind: 'poison-jobs',
    jobs: { queues: hit, count: 10, data: { phone: 'not a number' } },
    reason: /^Invalid data: phone/,
  },
  // The mail provider refuses these: they fail too, and are none of the block's business.
  burst: [{ queues: hit, count: 2, data: { to: 'someone@nowhere.invalid' }, options: { attempts: 1 } }],
  symptoms: [{ claim: 'count', queues: hit, state: 'failed', op: '>=', value: 12 }],
  diagnosis: [
    // The decision tree of 2.2: nothing is paused, jobs fail, and the reason tells which section it is.
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
  recovery: [{ run: '3.3 > Solution > bash[1]' }],
  health: { queues: hit, failed: 2, within: '90s' },
  jobs: { removed: 10, removedOf: 'fault', failed: 2, duplicates: 'effectively-once' },
});
