import { defineScenario } from '../src/index.ts';

const queue = 'outreach.whatsapp.send';

/** What is typed by hand in a hurry: section 5.1 and the quick reference card, from the first command to the last. */
export default defineScenario({
  id: 'every-command',
  title: 'every command of 5.1 and of the quick reference card can be typed as it stands',
  maintenance: [
    { run: '5.1 > bash[all]', args: [queue] },
    { run: 'card[all]', fill: { name: 'nurturing', queue, 'queue-name': queue } },
  ],
  health: { queues: { names: [queue] }, services: ['worker-nurturing'], within: '90s' },
});
