import { defineScenario } from '../src/index.ts';

const affected = { names: ['outreach.whatsapp.send'] };
/** These jobs fail again at once after a retry. Only the number of failures shows that they were retried. */
const other = { names: ['pipeline.orchestrate'] };
/** The jobs of this queue are not due yet. A retry must not run them early. */
const later = { names: ['campaign.track'] };

export default defineScenario({
  id: 'failed-to-waiting',
  title: 'the block moves 100 of 120 failed jobs back to waiting, as it promises',
  fault: { kind: 'proxy-down', proxy: 'whatsapp' },
  burst: [
    { queues: affected, count: 120, options: { attempts: 1 } },
    { queues: other, count: 10, data: { entityId: '' } },
    { queues: later, count: 10, options: { delay: 90_000 } },
  ],
  mendedAfter: '0s',
  symptoms: [
    { claim: 'count', queues: affected, state: 'failed', op: '>=', value: 120 },
    { claim: 'count', queues: other, state: 'failed', op: '=', value: 10 },
  ],
  recovery: [
    {
      run: '5.3 > bash[1]',
      achieves: [{ claim: 'count', queues: affected, state: 'failed', op: '=', value: 20 }],
      throughout: [{ claim: 'count', queues: other, state: 'failures', op: '=', value: 10 }],
    },
    {
      run: '5.3 > bash[1]',
      args: other.names,
      achieves: [{ claim: 'count', queues: other, state: 'failures', op: '=', value: 20 }],
      throughout: [{ claim: 'count', queues: affected, state: 'failed', op: '=', value: 20 }],
    },
  ],
  health: { queues: affected, failed: 20, within: '90s' },
  touches: { queues: { names: [...affected.names, ...other.names] } },
  jobs: { failed: 30, duplicates: 'effectively-once' },
});
