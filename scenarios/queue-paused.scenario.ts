import { defineScenario } from '../src/index.ts';

const affected = { names: ['outreach.whatsapp.send'] };
const backlog = { queues: affected, states: ['waiting', 'prioritized', 'paused'] } as const;

export default defineScenario({
  id: 'queue-paused',
  title: 'one queue is paused and forgotten; resuming it completes its jobs',
  fault: { kind: 'queues-paused', queues: affected },
  // The load gives all its jobs a priority. These have none, so a block that counts only prioritised jobs is caught.
  burst: [
    { queues: affected, count: 30, options: { priority: 0 } },
    // These are not due yet when the queue is resumed. A resume must not run them early.
    { queues: affected, count: 10, options: { delay: 120_000 } },
  ],
  symptoms: [
    { claim: 'paused', queues: affected, value: true },
    { claim: 'growing', ...backlog },
    { claim: 'count', queues: affected, state: 'active', op: '=', value: 0 },
  ],
  diagnosis: [
    {
      run: '3.2 > Diagnosis > bash[1]',
      shows: [
        {
          pattern: /paused:? *(?:true|outreach(?:\.whatsapp\.send holds (\S+) jobs)?)/i,
          means: 'that the queue is paused, and what it holds',
          counts: backlog,
        },
      ],
    },
    {
      run: '2.1 > bash[1]',
      shows: [
        {
          pattern:
            /paused.*outreach\.whatsapp\.send(?:: backlog=(\S+))?|outreach\.whatsapp\.send.*(?:paused|(?:waiting|backlog)=[1-9])/i,
          means: 'the queue that is paused or backs up',
          counts: backlog,
        },
      ],
    },
  ],
  recovery: [{ run: '3.2 > Solution > bash[1]' }],
  health: { queues: affected, within: '90s' },
  jobs: { duplicates: 'effectively-once' },
});
