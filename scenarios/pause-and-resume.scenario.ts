import { defineScenario } from '../src/index.ts';

const hit = { names: ['outreach.whatsapp.send'] };

export default defineScenario({
  id: 'pause-and-resume',
  title: 'one queue is paused, counted and resumed, as seen from outside',
  maintenance: [
    { run: '5.1 > bash[1]', achieves: [{ claim: 'paused', queues: hit, value: true }] },
    { run: '5.1 > bash[3]', shows: [{ pattern: /paused: true/, means: 'that the queue is paused' }] },
    {
      run: '5.1 > bash[2]',
      achieves: [
        { claim: 'paused', queues: hit, value: false },
        { claim: 'progress', queues: hit, value: true },
      ],
    },
  ],
  health: { queues: hit, within: '90s' },
});
