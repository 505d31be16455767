import { defineScenario } from '../src/index.ts';

const queue = 'outreach.whatsapp.send';

/** Commands that people type by hand in a hurry: all of section 5.1 and all of the quick reference card. */
export default defineScenario({
  id: 'every-command',
  title: 'every command of section 5.1 and of the quick reference card works as written',
  maintenance: [
    { run: '5.1 > bash[all]', args: [queue] },
    { run: 'card[all]', fill: { name: 'nurturing', queue, 'queue-name': queue } },
  ],
  health: { queues: { names: [queue] }, services: ['worker-nurturing'], within: '90s' },
});
