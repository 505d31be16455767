import { defineScenario } from '../src/index.ts';

const queue = 'normalize.email';
const hit = { names: [queue] };

export default defineScenario({
  id: 'poison-payloads',
  title: 'jobs with a bad payload fail; removing them keeps every good one',
  fault: {
    kind: 'poison-jobs',
    jobs: { queues: hit, count: 10, data: { cui: 'not a number' } },
    reason: /^Invalid data: cui/,
  },
  symptoms: [{ claim: 'count', queues: hit, state: 'failed', op: '>=', value: 10 }],
  diagnosis: [
    {
      run: '3.3 > Diagnosis > bash[1]',
      args: [queue],
      shows: [
        { pattern: /reason:.*Invalid data/i, means: 'why the jobs fail' },
        { pattern: /not a number/, means: 'the payload that is bad' },
      ],
    },
  ],
  recovery: [{ run: '3.3 > Solution > bash[1]', args: [queue] }],
  health: { queues: hit, failed: 0, within: '90s' },
  jobs: { removed: 10, removedFrom: hit },
});
