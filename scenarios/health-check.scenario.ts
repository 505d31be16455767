import { defineScenario } from '../src/index.ts';

/** On a healthy fleet. The `diagnosis` of other scenarios says what the same block must show on a broken fleet. */
export default defineScenario({
  id: 'health-check',
  title: 'the health check recognises a healthy fleet',
  diagnosis: [
    {
      run: '2.1 > bash[1]',
      shows: [
        { pattern: /worker-enrichment.*(running|Up)/i, means: 'the running containers' },
        { pattern: /PONG/, means: 'that Redis answers' },
        { pattern: /queues: +180\b/, means: 'the number of queues' },
      ],
    },
  ],
});
