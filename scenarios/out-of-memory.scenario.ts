import { defineScenario } from '../src/index.ts';
import { jobsFail, nothingIsPaused } from './decision-tree.ts';

const service = 'worker-enrichment';
const uploads = { names: ['ingest.csv'] };

/**
 * A million rows need 256 MB, and the worker has little more than it needs for itself. Between two deaths all looks well for up to a
 * minute, until the stalled jobs are taken again: health has to last for longer.
 */
export default defineScenario({
  id: 'out-of-memory',
  title: 'the kernel kills worker-enrichment over large uploads; with its limit back, a retry brings them home',
  fault: {
    kind: 'memory-exhausted',
    service,
    limit: '320m',
    jobs: { queues: uploads, count: 2, data: { rows: 1_500_000 } },
  },
  // What an earlier upload has left in the worker's memory may be more than the limit.
  fresh: [service],
  demanding: true,
  symptoms: [{ claim: 'count', queues: uploads, state: 'failed', op: '>=', value: 2 }],
  diagnosis: [
    // The decision tree of 2.2: nothing is paused, jobs fail, and the reason tells which section it is.
    { run: '2.1 > bash[1]', shows: [jobsFail('ingest.csv'), nothingIsPaused] },
    {
      run: '3.3 > Diagnosis > bash[1]',
      args: ['ingest.csv'],
      shows: [{ pattern: /reason:.*stalled more than allowable limit/i, means: 'that a worker died over the job' }],
    },
  ],
  recovery: [
    {
      run: '3.3 > Solution > bash[2]',
      shows: [{ pattern: /worker-enrichment.*\bUp\b/, means: 'that the worker is up' }],
    },
    { run: '4.2 > bash[1]' },
  ],
  health: { queues: uploads, services: [service], failed: 0, within: '3m', sustain: '80s' },
});
