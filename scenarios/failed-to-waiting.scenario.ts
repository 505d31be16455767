import { defineScenario } from '../src/index.ts';

const hit = { names: ['outreach.whatsapp.send'] };

export default defineScenario({
  id: 'failed-to-waiting',
  title: 'of 120 failed jobs the block moves 100 back to waiting, as it promises',
  fault: { kind: 'proxy-down', proxy: 'whatsapp' },
  burst: [{ queues: hit, count: 120, options: { attempts: 1 } }],
  mendedAfter: '0s',
  symptoms: [{ claim: 'count', queues: hit, state: 'failed', op: '>=', value: 120 }],
  recovery: [
    {
      run: '5.3 > bash[1]',
      achieves: [{ claim: 'count', queues: hit, state: 'failed', op: '=', value: 20 }],
    },
  ],
  health: { queues: hit, failed: 20, within: '90s' },
  jobs: { failed: 20, duplicates: 5 },
});
