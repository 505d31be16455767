import { defineScenario } from '../src/index.ts';

const hit = { names: ['outreach.whatsapp.send'] };

export default defineScenario({
  id: 'queue-paused',
  title: 'one queue is paused and forgotten; resuming it brings its jobs home',
  fault: { kind: 'queues-paused', queues: hit },
  symptoms: [
    { claim: 'paused', queues: hit, value: true },
    { claim: 'growing', queues: hit, states: ['waiting', 'prioritized', 'paused'] },
    { claim: 'count', queues: hit, state: 'active', op: '=', value: 0 },
  ],
  diagnosis: [
    {
      run: '3.2 > Diagnosis > bash[1]',
      shows: [{ pattern: /paused:? *(true|outreach)/i, means: 'that the queue is paused' }],
    },
    {
      run: '2.1 > bash[1]',
      shows: [
        {
          pattern: /paused.*outreach\.whatsapp\.send|outreach\.whatsapp\.send.*(paused|(waiting|backlog)=[1-9])/i,
          means: 'the queue that is paused or backs up',
        },
      ],
    },
  ],
  recovery: [{ run: '3.2 > Solution > bash[1]' }],
  health: { queues: hit, within: '90s' },
  jobs: { duplicates: 5 },
});
