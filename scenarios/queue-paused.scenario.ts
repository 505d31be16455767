import { defineScenario } from '../src/index.ts';

const hit = { names: ['outreach.whatsapp.send'] };
const backlog = { queues: hit, states: ['waiting', 'prioritized', 'paused'] } as const;

export default defineScenario({
  id: 'queue-paused',
  title: 'one queue is paused and forgotten; resuming it brings its jobs home',
  fault: { kind: 'queues-paused', queues: hit },
  // Whatever the load adds to it has a priority: who counts the prioritised alone is to be seen, however slow the machine.
  burst: [{ queues: hit, count: 30, options: { priority: 0 } }],
  symptoms: [
    { claim: 'paused', queues: hit, value: true },
    { claim: 'growing', ...backlog },
    { claim: 'count', queues: hit, state: 'active', op: '=', value: 0 },
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
  health: { queues: hit, within: '90s' },
  jobs: { duplicates: 'effectively-once' },
});
