import { defineScenario } from '../src/index.ts';

const queue = 'normalize.cui';

export default defineScenario({
  id: 'drain-cancelled',
  title: 'draining a queue without the word that confirms it removes nothing',
  burst: [{ queues: { names: [queue] }, count: 20, options: { delay: 30_000 } }],
  maintenance: [
    {
      run: '4.4 > bash[1]',
      args: [queue],
      answers: [{ prompt: /DRAIN/, reply: 'drain' }],
      shows: [{ pattern: /cancelled/i, means: 'that nothing was done' }],
    },
  ],
  health: { queues: { names: [queue] } },
});
