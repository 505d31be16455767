import { defineScenario } from '../src/index.ts';

/** On a healthy fleet. What the same block must show on a broken one stands in the `diagnosis` of the other scenarios. */
export default defineScenario({
  id: 'health-check',
  title: 'the health check tells a healthy fleet',
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
