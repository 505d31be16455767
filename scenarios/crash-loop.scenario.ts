import { defineScenario } from '../src/index.ts';

const affected = { service: 'worker-enrichment' };

/** Between two crashes the container runs for a moment, but never long enough to become healthy. */
const crashing = {
  pattern: /worker-enrichment.*(exited|restarting|health: starting)/i,
  means: 'the container that is down',
};

export default defineScenario({
  id: 'crash-loop',
  title: 'worker-enrichment exits at every start; a restart does not help, but a new container does',
  // A truncated configuration file, as a full disk or an interrupted edit would leave it.
  fault: { kind: 'crash-loop', service: 'worker-enrichment', path: '/app/config/worker.json', content: '{ "log":' },
  symptoms: [
    { claim: 'container-state', service: 'worker-enrichment', anyOf: ['exited', 'restarting'] },
    { claim: 'growing', queues: affected, states: ['waiting', 'prioritized'] },
    { claim: 'progress', queues: affected, value: false },
  ],
  diagnosis: [
    {
      run: '3.1 > Diagnosis > bash[1]',
      shows: [crashing, { pattern: /worker\.json/, means: 'why it exits' }],
    },
    {
      run: '2.1 > bash[1]',
      shows: [crashing],
    },
  ],
  recovery: [
    {
      run: '3.1 > Solution > bash[last]',
      shows: [
        { pattern: /worker-enrichment.*\bUp\b/, means: 'that the container is up' },
        { pattern: /worker-enrichment-1 +\|/, means: 'what the container logs' },
      ],
    },
  ],
  control: { instead: [{ run: '3.1 > Solution > bash[1]' }] },
  health: { queues: affected, services: ['worker-enrichment'], within: '90s' },
});
