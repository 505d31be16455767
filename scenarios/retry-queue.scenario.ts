import { defineScenario } from '../src/index.ts';

const queues = { names: ['normalize.cui', 'normalize.name'] };
const other = { names: ['payment.webhook'] };
/** The jobs of this queue are not due yet. A retry must not run them early. */
const later = { names: ['campaign.track'] };
const untouched = { claim: 'count', queues: other, state: 'failed', op: '>=', value: 50 } as const;

/** The effects sink is down, so jobs of other queues fail as well. The block must leave those alone. */
export default defineScenario({
  id: 'retry-queue',
  title: 'a thousand jobs of two queues failed; retrying each completes them all and touches no other queue',
  fault: { kind: 'proxy-down', proxy: 'sink' },
  demanding: true,
  burst: [
    { queues, count: 1000, options: { attempts: 1 } },
    { queues: other, count: 50, options: { attempts: 1 } },
    { queues: later, count: 10, options: { delay: 90_000 } },
  ],
  mendedAfter: '0s',
  symptoms: [{ claim: 'count', queues, state: 'failed', op: '>=', value: 1000 }, untouched],
  recovery: queues.names.map((name) => ({ run: '4.2 > bash[1]', args: [name], throughout: [untouched] })),
  health: { queues, failed: 0, within: '2m' },
  // `failed`: the fifty of the other queue, and jobs of the load that run out of attempts while the sink is down.
  // `retrying`: some jobs of the load may have used up their quick attempts; their next try is in 15 minutes.
  // `duplicates`: the sink may have counted a report just before it went down, without an answer to the worker.
  jobs: { failed: 1000, retrying: 20, duplicates: 5 },
});
