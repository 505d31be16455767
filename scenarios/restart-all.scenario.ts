import { defineScenario } from '../src/index.ts';

const workers = ['worker-enrichment', 'worker-outreach', 'worker-ai', 'worker-postsale', 'worker-nurturing'];

/** Conversations take seconds, so some are always running when their worker gets the order to stop. */
export default defineScenario({
  id: 'restart-all',
  title: 'all workers are restarted under load; no job is lost and none runs twice',
  burst: [{ queues: { names: ['agent.chat', 'graph.build', 'scrape.website'] }, count: 60 }],
  maintenance: [
    {
      run: '4.1 > bash[1]',
      shows: workers.map((service) => ({
        pattern: new RegExp(`${service}.*\\bUp\\b`),
        means: `that ${service} is up`,
      })),
      achieves: workers.map((service) => ({ claim: 'restarted' as const, service })),
    },
  ],
  // BullMQ finds a job that a worker dropped within a minute: it counts as stalled.
  health: { services: workers, sustain: '65s', within: '90s' },
  touches: { servicesAtOnce: 1, promisedBy: /one container after the other/i },
  jobs: { duplicates: 'effectively-once', stalled: 0 },
});
