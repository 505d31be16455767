import { defineScenario } from '../src/index.ts';

const queues = { names: ['normalize.cui', 'normalize.name'] };
const other = { names: ['payment.webhook'] };
/** Their jobs are not due yet, and no retry makes them so. */
const later = { names: ['campaign.track'] };
const untouched = { claim: 'count', queues: other, state: 'failed', op: '>=', value: 50 } as const;

/** What every job reports to is down, so that jobs of other queues fail as well: they are none of the block's business. */
export default defineScenario({
  id: 'retry-queue',
  title: 'a thousand jobs of two queues failed; a retry of each forgets none of them, and touches no other queue',
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
  // The fifty of the other queue, and of the rest of the load whatever runs out of attempts while nothing can be reported: a matter of time.
  // Some have used up their quick attempts by then, and are due in a quarter of an hour. What was being reported as the sink went away may have been
  // counted without its worker's knowing: that is done again.
  jobs: { failed: 1000, retrying: 20, duplicates: 5 },
});
