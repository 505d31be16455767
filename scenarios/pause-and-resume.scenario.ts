import { defineScenario } from '../src/index.ts';

const [queue, other] = ['outreach.whatsapp.send', 'outreach.template.render'];
const hit = { names: [queue] };
const bystander = { names: [other] };
/** Somebody has paused it on purpose. */
const untouched = { claim: 'paused', queues: bystander, value: true } as const;

export default defineScenario({
  id: 'pause-and-resume',
  title: 'one queue is paused, counted and resumed, as seen from outside, and no other',
  maintenance: [
    { run: '5.1 > bash[1]', achieves: [{ claim: 'paused', queues: hit, value: true }] },
    { run: '5.1 > bash[1]', args: [other], achieves: [untouched] },
    {
      run: '5.1 > bash[3]',
      shows: [
        {
          pattern: /paused: true.*"prioritized":(\w+)/,
          means: 'that the queue is paused, and what it holds',
          counts: { queues: hit, states: ['prioritized'] },
        },
      ],
    },
    {
      run: '5.1 > bash[2]',
      achieves: [
        { claim: 'paused', queues: hit, value: false },
        { claim: 'progress', queues: hit, value: true },
      ],
      throughout: [untouched],
    },
    { run: '5.1 > bash[1]', achieves: [{ claim: 'paused', queues: hit, value: true }] },
    {
      run: '3.2 > Solution > bash[1]',
      achieves: [{ claim: 'paused', queues: hit, value: false }],
      throughout: [untouched],
    },
    { run: '5.1 > bash[2]', args: [other], achieves: [{ claim: 'paused', queues: bystander, value: false }] },
  ],
  health: { queues: { names: [queue, other] }, within: '90s' },
  jobs: { duplicates: 'effectively-once' },
});
