import { defineScenario } from '../src/index.ts';

export default defineScenario({
  id: 'queues-paused',
  title: 'every queue is paused; resuming them all brings the fleet back',
  fault: { kind: 'queues-paused', queues: 'all' },
  // More jobs than arrive during a count. A block that misses prioritised jobs is then caught even on a slow machine.
  burst: [{ queues: { names: ['payment.webhook'] }, count: 300 }],
  symptoms: [
    { claim: 'paused', queues: 'all', value: true },
    { claim: 'growing', queues: 'all', states: ['waiting', 'prioritized', 'paused'] },
    { claim: 'progress', queues: 'all', value: false },
  ],
  diagnosis: [
    {
      run: '3.2 > Diagnosis > bash[1]',
      shows: [{ pattern: /paused:? *(true|outreach)/i, means: 'that a queue is paused' }],
    },
    {
      run: '2.1 > bash[1]',
      shows: [
        { pattern: /queues: +180\b/, means: 'the number of queues' },
        { pattern: /paused/i, means: 'that queues are paused' },
        { pattern: /paused.*campaign\.track|campaign\.track.*paused/i, means: 'a paused queue that holds few jobs' },
        {
          pattern: /^backlog=(\S+)|waiting=\d/m,
          means: 'how many jobs wait',
          counts: { queues: 'all', states: ['waiting', 'prioritized', 'paused'] },
        },
      ],
    },
  ],
  recovery: [{ run: '3.2 > Solution > bash[last]' }],
  health: { queues: 'all', within: '90s' },
  jobs: { duplicates: 'effectively-once' },
});
