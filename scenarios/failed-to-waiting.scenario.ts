import { defineScenario } from '../src/index.ts';

const hit = { names: ['outreach.whatsapp.send'] };
/** Retried, these fail again at once: only how often they did tells that somebody has tried. */
const other = { names: ['pipeline.orchestrate'] };
/** Their jobs are not due yet, and no retry makes them so. */
const later = { names: ['campaign.track'] };

export default defineScenario({
  id: 'failed-to-waiting',
  title: 'of 120 failed jobs the block moves 100 back to waiting, as it promises',
  fault: { kind: 'proxy-down', proxy: 'whatsapp' },
  burst: [
    { queues: hit, count: 120, options: { attempts: 1 } },
    { queues: other, count: 10, data: { entityId: '' } },
    { queues: later, count: 10, options: { delay: 90_000 } },
  ],
  mendedAfter: '0s',
  symptoms: [
    { claim: 'count', queues: hit, state: 'failed', op: '>=', value: 120 },
    { claim: 'count', queues: other, state: 'failed', op: '=', value: 10 },
  ],
  recovery: [
    {
      run: '5.3 > bash[1]',
      achieves: [{ claim: 'count', queues: hit, state: 'failed', op: '=', value: 20 }],
      throughout: [{ claim: 'count', queues: other, state: 'failures', op: '=', value: 10 }],
    },
  ],
  health: { queues: hit, failed: 20, within: '90s' },
  jobs: { failed: 30, duplicates: 'effectively-once' },
});
