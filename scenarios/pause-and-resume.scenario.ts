import { defineScenario } from '../src/index.ts';

const [queue, other] = ['outreach.whatsapp.send', 'outreach.template.render'];
const affected = { names: [queue] };
const bystander = { names: [other] };
/** Someone paused this queue on purpose. It must stay paused. */
const untouched = { claim: 'paused', queues: bystander, value: true } as const;

export default defineScenario({
  id: 'pause-and-resume',
  title: 'one queue is paused, counted and resumed; another one that was paused on purpose stays paused',
  maintenance: [
    { run: '5.1 > bash[1]', achieves: [{ claim: 'paused', queues: affected, value: true }] },
    { run: '5.1 > bash[1]', args: [other], achieves: [untouched] },
    {
      run: '5.1 > bash[3]',
      shows: [
        {
          pattern: /paused: true.*"prioritized":(\w+)/,
          means: 'that the queue is paused, and what it holds',
          counts: { queues: affected, states: ['prioritized'] },
        },
      ],
    },
    {
      run: '5.1 > bash[2]',
      achieves: [
        { claim: 'paused', queues: affected, value: false },
        { claim: 'progress', queues: affected, value: true },
      ],
      throughout: [untouched],
    },
    { run: '5.1 > bash[1]', achieves: [{ claim: 'paused', queues: affected, value: true }] },
    {
      run: '3.2 > Solution > bash[1]',
      achieves: [{ claim: 'paused', queues: affected, value: false }],
      throughout: [untouched],
    },
    { run: '5.1 > bash[2]', args: [other], achieves: [{ claim: 'paused', queues: bystander, value: false }] },
  ],
  health: { queues: { names: [queue, other] }, within: '90s' },
  jobs: { duplicates: 'effectively-once' },
});
