import { defineScenario } from '../src/index.ts';

const service = 'worker-nurturing';
const fill = { name: 'nurturing' };

/** The commands of the card, exactly as written. */
export default defineScenario({
  id: 'reference-card',
  title: 'a worker container is killed; the quick reference card alone is enough to recover',
  fault: { kind: 'container-killed', service },
  symptoms: [{ claim: 'container-state', service, anyOf: ['exited'] }],
  diagnosis: [
    { run: 'card compose logs', fill, shows: [{ pattern: /worker-nurturing-1 +\|/, means: 'the log of the worker' }] },
    { run: 'card --no-stream', shows: [{ pattern: /worker-outreach.*MiB/, means: 'what the others use' }] },
  ],
  recovery: [{ run: 'card compose restart', fill }],
  health: { queues: { service }, services: [service], within: '90s' },
});
