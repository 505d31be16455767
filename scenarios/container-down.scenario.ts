import { defineScenario } from '../src/index.ts';

const affected = { service: 'worker-enrichment' };
/** The jobs of this queue have no priority. */
const largest = { names: ['normalize.cui'] };

export default defineScenario({
  id: 'container-down',
  title: 'worker-enrichment is killed under load; a restart brings it back',
  fault: { kind: 'container-killed', service: 'worker-enrichment' },
  burst: [{ queues: largest, count: 30 }],
  symptoms: [
    { claim: 'container-state', service: 'worker-enrichment', anyOf: ['exited', 'restarting'] },
    { claim: 'growing', queues: affected, states: ['waiting', 'prioritized'] },
    { claim: 'progress', queues: affected, value: false },
  ],
  diagnosis: [
    {
      run: '3.1 > Diagnosis > bash[1]',
      shows: [
        { pattern: /worker-enrichment.*(exited|restarting)/i, means: 'the container that is down' },
        { pattern: /worker-outreach.*MiB/, means: 'what the others use' },
      ],
    },
    {
      run: '2.1 > bash[1]',
      shows: [
        { pattern: /worker-enrichment.*(exited|restarting)/i, means: 'the container that is down' },
        { pattern: /queues: +180\b/, means: 'the number of queues' },
        {
          pattern: /normalize\.cui: backlog=(\S+)|waiting=\d/,
          means: 'what backs up most',
          counts: { queues: largest, states: ['waiting', 'prioritized', 'paused'] },
        },
      ],
    },
  ],
  recovery: [
    {
      run: '3.1 > Solution > bash[1]',
      shows: [
        { pattern: /worker-enrichment.*\bUp\b/, means: 'that the container is up' },
        { pattern: /worker-enrichment-1 +\|/, means: 'what the container logs' },
      ],
    },
  ],
  health: { queues: affected, services: ['worker-enrichment'], within: '90s' },
});
