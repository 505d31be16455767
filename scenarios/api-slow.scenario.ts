import { defineScenario } from '../src/index.ts';
import { jobsFail, nothingIsPaused } from './decision-tree.ts';

const queue = 'outreach.whatsapp.send';
const hit = { names: [queue] };

/** The worker's client waits 5 s for an answer. The messages that are not tried again have failed for good by then. */
export default defineScenario({
  id: 'api-slow',
  title: 'WhatsApp answers too late; when it is quick again, a retry brings the failed messages home',
  fault: { kind: 'proxy-slow', proxy: 'whatsapp', latency: '20s' },
  burst: [{ queues: hit, count: 10, options: { attempts: 1 } }],
  mendedAfter: '0s',
  symptoms: [{ claim: 'count', queues: hit, state: 'failed', op: '>=', value: 10 }],
  diagnosis: [
    // The decision tree of 2.2: nothing is paused, jobs fail, and the reason tells which section it is.
    { run: '2.1 > bash[1]', shows: [jobsFail(queue), nothingIsPaused] },
    {
      run: '3.3 > Diagnosis > bash[1]',
      shows: [{ pattern: /reason:.*ETIMEDOUT/i, means: 'why the jobs fail' }],
    },
    {
      run: '6.4 > bash[1]',
      shows: [{ pattern: /ETIMEDOUT/, means: 'the error that fills the log' }],
    },
  ],
  recovery: [{ run: '4.2 > bash[1]', args: [queue] }],
  health: { queues: hit, failed: 0, within: '90s' },
  jobs: { duplicates: 'effectively-once' },
});
