import { defineScenario } from '../src/index.ts';

/** Each queue keeps its last thousand failed jobs. A dropped job cannot be retried, so six queues share the 5,000. */
const queues = {
  names: [
    'normalize.cui',
    'normalize.name',
    'rag.search',
    'payment.webhook',
    'campaign.track',
    'outreach.template.render',
  ],
};

/** The effects sink, to which every job reports, is down. So jobs of all containers fail. */
export default defineScenario({
  id: 'retry-all',
  title: 'five thousand jobs of six queues failed; retrying every queue completes them all',
  fault: { kind: 'proxy-down', proxy: 'sink' },
  demanding: true,
  burst: [{ queues, count: 5000, options: { attempts: 1 } }],
  mendedAfter: '0s',
  symptoms: [
    { claim: 'count', queues, state: 'failed', op: '>=', value: 5000 },
    { claim: 'over-threshold', metric: 'failed' },
  ],
  recovery: [{ run: '4.2 > bash[1]' }],
  health: { queues: 'all', failed: 0, within: '3m' },
  // `retrying`: some jobs of the ordinary load may have used up their quick attempts; their next try is in 15 minutes.
  // `duplicates`: the sink may have counted a report just before it went down, without an answer to the worker.
  jobs: { duplicates: 5, retrying: 20 },
});
