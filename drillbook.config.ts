import { queues } from './fixtures/fleet/inventory.ts';
import { jobOptionsFor, payloadFor } from './fixtures/fleet/jobs.ts';
import { defineConfig } from './src/index.ts';

/** The reference fleet: 180 queues, 313 workers in five containers. */
export default defineConfig({
  runbook: 'runbooks/worker-failure.md',
  scenarios: 'scenarios',
  compose: 'docker-compose.test.yml',
  services: {
    redis: 'redis',
    api: 'api',
    effects: 'external-apis',
    toxiproxy: 'toxiproxy',
    workers: ['worker-enrichment', 'worker-outreach', 'worker-ai', 'worker-postsale', 'worker-nurturing'],
  },
  realTimeServices: ['toxiproxy'],
  withoutProxies: {
    DRILLBOOK_REDIS_AT: 'redis',
    DRILLBOOK_ANAF_AT: 'external-apis:9000',
    DRILLBOOK_TERMENE_AT: 'external-apis:9000',
    DRILLBOOK_WHATSAPP_AT: 'external-apis:9000',
    DRILLBOOK_EMAIL_AT: 'external-apis:9000',
    DRILLBOOK_EFFECTS_AT: 'external-apis:9000',
  },
  fleet: {
    queues: queues.map((queue) => ({
      name: queue.name,
      service: queue.service,
      weight: queue.load.weight,
      maxPerSecond: queue.load.maxPerSecond,
      jobOptions: jobOptionsFor(queue),
    })),
  },
  load: { jobsPerSecond: 14, data: payloadFor },
  timeScale: 10,
  recoveryBaseline: 'recovery-baseline.json',
  equivalentMutants: 'equivalent-mutants.json',
  thresholds: {
    waiting: { normal: '< 1000', alert: '> 5000' },
    active: { normal: '1-50', alert: '> 100' },
    failed: { normal: '< 10/hour', alert: '> 50/hour' },
    delayed: { normal: '< 500', alert: '> 2000' },
    rate: { normal: '> 10 jobs/sec', alert: '< 1 job/sec' },
  },
});
