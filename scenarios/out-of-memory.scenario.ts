import { defineScenario } from '../src/index.ts';
import { jobsFail, nothingIsPaused } from './decision-tree.ts';

const service = 'worker-enrichment';
const uploads = { names: ['ingest.csv'] };

/**
 * A million rows need 256 MB, and the limit leaves the worker little more than it needs itself. Between two deaths the
 * fleet looks healthy for up to a minute, until a worker takes the stalled jobs again. So health has to last longer.
 */
export default defineScenario({
  id: 'out-of-memory',
  title: 'large uploads get worker-enrichment killed for its memory; with the limit back, a retry completes them',
  fault: {
    kind: 'memory-exhausted',
    service,
    limit: '320m',
    jobs: { queues: uploads, count: 2, data: { rows: 1_500_000 } },
  },
  // An earlier upload may have left more in the memory of the worker than the limit allows.
  fresh: [service],
  demanding: true,
  symptoms: [{ claim: 'count', queues: uploads, state: 'failed', op: '>=', value: 2 }],
  diagnosis: [
    // Decision tree of section 2.2: no queue is paused, jobs fail, and the reason points to the section.
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
  // The dead worker held jobs of its other queues too; 4.2 retries every queue.
  touches: { queues: 'all' },
  health: { queues: uploads, services: [service], failed: 0, within: '3m', sustain: '80s' },
});
