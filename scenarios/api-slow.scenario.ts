import { defineScenario } from '../src/index.ts';
import { jobsFail, nothingIsPaused } from './decision-tree.ts';

const queue = 'outreach.whatsapp.send';
const affected = { names: [queue] };

/** The client of the worker waits 5 s for an answer, so the messages with a single attempt fail for good. */
export default defineScenario({
  id: 'api-slow',
  title: 'WhatsApp answers too late and messages fail; once it is fast again, retrying the queue delivers them',
  fault: { kind: 'proxy-slow', proxy: 'whatsapp', latency: '20s' },
  burst: [{ queues: affected, count: 10, options: { attempts: 1 } }],
  mendedAfter: '0s',
  symptoms: [{ claim: 'count', queues: affected, state: 'failed', op: '>=', value: 10 }],
  diagnosis: [
    // Decision tree of section 2.2: no queue is paused, jobs fail, and the reason points to the section.
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
  health: { queues: affected, failed: 0, within: '90s' },
  // WhatsApp accepted what the client no longer waited for, so each further try sends the message again (3.3).
  jobs: { duplicates: 'effectively-once', acceptedAgain: 200, atLeast: { acceptedAgain: 10 } },
});
