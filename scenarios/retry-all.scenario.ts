import { defineScenario } from '../src/index.ts';

/** Each queue keeps its last thousand failed jobs: what it has dropped by then, nobody can retry. */
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

/** What every job reports to is down, so that jobs of all containers fail. */
export default defineScenario({
  id: 'retry-all',
  title: 'five thousand jobs of six queues failed; a retry of every queue forgets none of them',
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
  // Of the rest of the load some may have used up their quick attempts by then, and are due in a quarter of an hour. What was being reported as the
  // sink went away may have been counted without its worker's knowing: that is done again.
  jobs: { duplicates: 5, retrying: 20 },
});
