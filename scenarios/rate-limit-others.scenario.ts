import { defineScenario } from '../src/index.ts';
import { jobsFail, nothingIsPaused } from './decision-tree.ts';
import { fullSpeed } from './full-speed.ts';

const termene = ['enrich.termene.company', 'enrich.termene.associates', 'enrich.termene.litigations'];
const [whatsapp, email] = ['outreach.whatsapp.send', 'outreach.email.send'];
const names = [...termene, whatsapp, email];

/** The windows of an hour and of a day are about to end, so that the scenario need not wait for whole windows. */
export default defineScenario({
  id: 'rate-limit-others',
  title: 'Termene, WhatsApp and the mail provider answer 429; pausing their queues until the windows end fixes it',
  fault: { kind: 'rate-limit-storm', apis: ['termene', 'whatsapp', 'email'], quiet: '90s' },
  burst: [
    // The workers retry these whenever the API tells them to.
    { queues: { names: termene }, count: 3 },
    { queues: { names: [email] }, count: 5, options: { attempts: 1 } },
    { queues: { names: [whatsapp] }, count: 20, options: { attempts: 1 } },
  ],
  symptoms: [
    { claim: 'count', queues: { names: termene }, state: 'delayed', op: '>=', value: 3 },
    { claim: 'count', queues: { names: [whatsapp, email] }, state: 'failed', op: '>=', value: 25 },
  ],
  diagnosis: [
    // Decision tree of section 2.2: no queue is paused, jobs fail, and the reason points to the section.
    { run: '2.1 > bash[1]', shows: [jobsFail(email), nothingIsPaused] },
    {
      run: '3.3 > Diagnosis > bash[1]',
      args: [email],
      shows: [{ pattern: /reason:.*(429|rate limit)/i, means: 'that the API refuses the calls' }],
    },
  ],
  recovery: [
    { run: '3.4 > Solution > bash[1]', args: [names.join(' '), '90'] },
    {
      run: '4.2 > bash[1]',
      achieves: [{ claim: 'count', queues: { names: [whatsapp, email] }, state: 'failed', op: '=', value: 0 }],
      // The section resumes the queues at reduced concurrency. At full speed this queue runs five jobs at a time.
      throughout: [{ claim: 'count', queues: { names: [whatsapp] }, state: 'active', op: '<=', value: 1 }],
    },
    { run: '3.4 > Solution > bash[last]', args: [names.join(' ')], shows: fullSpeed(names) },
  ],
  health: { queues: { names }, failed: 0, within: '2m' },
  // 4.2 retries every queue.
  touches: { queues: 'all' },
  jobs: { duplicates: 'effectively-once' },
});
