import { defineScenario } from '../src/index.ts';
import { jobsFail, nothingIsPaused } from './decision-tree.ts';

const queue = 'outreach.whatsapp.send';
const affected = { names: [queue] };

export default defineScenario({
  id: 'api-down',
  title: 'WhatsApp is down and messages fail; once it is back, retrying the queue delivers them',
  fault: { kind: 'proxy-down', proxy: 'whatsapp' },
  // Mixed, so that the order of priorities differs from the order of arrival and of failure.
  burst: Array.from({ length: 10 }).flatMap(() => [
    { queues: affected, count: 4, options: { attempts: 1, priority: 3 } },
    { queues: affected, count: 3, options: { attempts: 1, priority: 2 } },
    { queues: affected, count: 3, options: { attempts: 1, priority: 1 } },
  ]),
  mendedAfter: '0s',
  symptoms: [{ claim: 'count', queues: affected, state: 'failed', op: '>=', value: 100 }],
  diagnosis: [
    // Decision tree of section 2.2: no queue is paused, jobs fail, and the reason points to the section.
    { run: '2.1 > bash[1]', shows: [jobsFail(queue), nothingIsPaused] },
    {
      run: '3.3 > Diagnosis > bash[1]',
      args: [queue],
      shows: [{ pattern: /reason:.*ECONNREFUSED/i, means: 'why the jobs fail' }],
    },
  ],
  recovery: [{ run: '4.2 > bash[1]', args: [queue] }],
  health: { queues: affected, failed: 0, within: '90s' },
  jobs: { inOrder: affected, duplicates: 'effectively-once' },
});
