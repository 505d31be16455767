import { defineScenario } from '../src/index.ts';

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
  burst: [{ queues: { names }, count: 5, options: { attempts: 1 } }],
  symptoms: [{ claim: 'count', queues: { names }, state: 'failed', op: '>=', value: 5 }],
  recovery: [{ run: '3.4 > Solution > bash[1]', args: [names.join(' '), '90'] }, { run: '4.2 > bash[1]' }],
  health: { queues: { names }, failed: 0, within: '2m' },
});
