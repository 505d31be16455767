import { defineScenario } from '../src/index.ts';

const queue = 'normalize.cui';
/** The worker container that 4.3 would stop. */
const untouched = [{ claim: 'container-state', service: 'worker-enrichment', anyOf: ['running'] }] as const;
const usage = { pattern: /usage/i, means: 'how the block is used' };

/** A person who does not confirm, or names no queue, must find everything unchanged. */
export default defineScenario({
  id: 'not-confirmed',
  title: 'the blocks that remove jobs do nothing without confirmation, and nothing without a queue name',
  burst: [{ queues: { names: [queue] }, count: 20, options: { delay: 30_000 } }],
  maintenance: [
    ...['drain', 'D', ''].map((reply) => ({
      run: '4.4 > bash[1]',
      args: [queue],
      answers: [{ prompt: /DRAIN/, reply }],
      shows: [{ pattern: /cancelled/i, means: 'that nothing was done' }],
    })),
    ...['n', 'x', '\n'].map((reply) => ({
      run: '4.3 > bash[1]',
      args: [queue, 'worker-enrichment'],
      answers: [{ prompt: /continue/i, reply }],
      shows: [{ pattern: /^(?![\s\S]*(stopping|complete))/i, means: 'that nothing was done' }],
      throughout: [...untouched],
    })),
    { run: '4.4 > bash[1]', exits: 1, shows: [usage] },
    { run: '4.3 > bash[1]', exits: 1, shows: [usage] },
  ],
  health: { queues: { names: [queue] }, services: ['worker-enrichment'], within: '90s' },
});
