import { defineScenario } from '../src/index.ts';
import { jobsFail, nothingIsPaused } from './decision-tree.ts';

const whatsapp = { names: ['outreach.whatsapp.send'] };
const names = [
  'enrich.termene.company',
  'enrich.termene.associates',
  'enrich.termene.litigations',
  'outreach.whatsapp.send',
  'outreach.email.send',
];

/** The windows of an hour and of a day are about to end: nobody waits for the whole of them. */
export default defineScenario({
  id: 'rate-limit-others',
  title: 'Termene, WhatsApp and the mail provider answer 429; pausing their queues until the windows are over ends it',
  fault: { kind: 'rate-limit-storm', apis: ['termene', 'whatsapp', 'email'], quiet: '90s' },
  burst: [
    { queues: { names }, count: 5, options: { attempts: 1 } },
    { queues: whatsapp, count: 20, options: { attempts: 1 } },
  ],
  symptoms: [{ claim: 'count', queues: { names }, state: 'failed', op: '>=', value: 25 }],
  diagnosis: [
    // The decision tree of 2.2: nothing is paused, jobs fail, and the reason tells which section it is.
    { run: '2.1 > bash[1]', shows: [jobsFail('enrich.termene.company'), nothingIsPaused] },
    {
      run: '3.3 > Diagnosis > bash[1]',
      args: ['enrich.termene.company'],
      shows: [{ pattern: /reason:.*(429|rate limit)/i, means: 'that the API refuses the calls' }],
    },
  ],
  recovery: [
    { run: '3.4 > Solution > bash[1]', args: [names.join(' '), '90'] },
    {
      run: '4.2 > bash[1]',
      achieves: [
        { claim: 'count', queues: { names }, state: 'failed', op: '=', value: 0 },
        { claim: 'count', queues: whatsapp, state: 'prioritized', op: '<=', value: 2 },
      ],
      // The section resumes them with reduced concurrency; at full speed the queue does five at a time.
      throughout: [{ claim: 'count', queues: whatsapp, state: 'active', op: '<=', value: 1 }],
    },
    {
      run: '3.4 > Solution > bash[last]',
      args: [names.join(' ')],
      shows: [{ pattern: /no limit|resumed/i, means: 'that the queues run at full speed again' }],
    },
  ],
  health: { queues: { names }, failed: 0, within: '2m' },
});
