import { defineScenario } from '../src/index.ts';

const queue = 'geo.region';

export default defineScenario({
  id: 'metrics-endpoint',
  title: 'the metrics endpoint agrees with the queues',
  burst: [{ queues: { names: [queue] }, count: 25, options: { delay: 30_000 } }],
  diagnosis: [
    {
      run: '6.2 > bash[1]',
      shows: [
        {
          pattern: /bullmq_job_count\{[^}]*queue="geo\.region"[^}]*state="delayed"[^}]*\} 25\b/,
          means: 'the 25 delayed jobs of geo.region',
        },
      ],
    },
  ],
});
