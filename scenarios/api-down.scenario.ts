import { defineScenario } from '../src/index.ts';
import { jobsFail, nothingIsPaused } from './decision-tree.ts';

const queue = 'outreach.whatsapp.send';
const hit = { names: [queue] };

export default defineScenario({
  id: 'api-down',
  title: 'nothing listens at WhatsApp; when it is back, a retry of the queue brings the failed messages home',
  fault: { kind: 'proxy-down', proxy: 'whatsapp' },
  // Mixed, so that neither the order in which they came nor the one in which they failed is that of their priorities.
  burst: Array.from({ length: 10 }).flatMap(() => [
    { queues: hit, count: 4, options: { attempts: 1, priority: 3 } },
    { queues: hit, count: 3, options: { attempts: 1, priority: 2 } },
    { queues: hit, count: 3, options: { attempts: 1, priority: 1 } },
  ]),
  mendedAfter: '0s',
  symptoms: [{ claim: 'count', queues: hit, state: 'failed', op: '>=', value: 100 }],
  diagnosis: [
    // The decision tree of 2.2: nothing is paused, jobs fail, and the reason tells which section it is.
    { run: '2.1 > bash[1]', shows: [jobsFail(queue), nothingIsPaused] },
    {
      run: '3.3 > Diagnosis > bash[1]',
      args: [queue],
      shows: [{ pattern: /reason:.*ECONNREFUSED/i, means: 'why the jobs fail' }],
    },
  ],
  recovery: [{ run: '4.2 > bash[1]', args: [queue] }],
  health: { queues: hit, failed: 0, within: '90s' },
  jobs: { inOrder: hit, duplicates: 'effectively-once' },
});
