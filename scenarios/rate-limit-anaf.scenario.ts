import { defineScenario } from '../src/index.ts';
import { nothingIsPaused } from './decision-tree.ts';
import { fullSpeed } from './full-speed.ts';

/** The queues that the block uses by default. */
const names = ['enrich.anaf.tva', 'enrich.anaf.bilant', 'enrich.anaf.ws'];

/** Each call that comes too early restarts the wait. So only a client that stops calling gets through again. */
export default defineScenario({
  id: 'rate-limit-anaf',
  title: 'ANAF answers 429; pausing all its queues for a minute ends that',
  fault: { kind: 'rate-limit-storm', apis: ['anaf'], quiet: '60s' },
  burst: [{ queues: { names }, count: 3 }],
  // The workers retry when the API tells them to, and so keep themselves locked out.
  symptoms: [{ claim: 'count', queues: { names }, state: 'delayed', op: '>=', value: 3 }],
  // Decision tree of section 2.2: no queue is paused, and the reason points to the section.
  diagnosis: [
    { run: '2.1 > bash[1]', shows: [nothingIsPaused] },
    {
      run: '3.3 > Diagnosis > bash[1]',
      args: ['enrich.anaf.tva'],
      shows: [{ pattern: /reason:.*(429|rate limit)/i, means: 'that the API refuses the calls' }],
    },
  ],
  recovery: [{ run: '3.4 > Solution > bash[1]' }, { run: '3.4 > Solution > bash[last]', shows: fullSpeed(names) }],
  health: { queues: { names }, delayed: 2, within: '2m' },
  jobs: { duplicates: 'effectively-once' },
});
