import { defineScenario } from '../src/index.ts';
import { nothingIsPaused } from './decision-tree.ts';
import { fullSpeed } from './full-speed.ts';

/** Those that the block takes where none is named. */
const names = ['enrich.anaf.tva', 'enrich.anaf.bilant', 'enrich.anaf.ws'];

/** Each call that is made too early begins the wait anew, so that only who stops calling gets through again. */
export default defineScenario({
  id: 'rate-limit-anaf',
  title: 'ANAF answers 429; pausing all its queues for a minute ends it',
  fault: { kind: 'rate-limit-storm', apis: ['anaf'], quiet: '60s' },
  burst: [{ queues: { names }, count: 3 }],
  // The workers try again when the API says so, and thereby keep themselves shut out.
  symptoms: [{ claim: 'count', queues: { names }, state: 'delayed', op: '>=', value: 3 }],
  // The decision tree of 2.2: nothing is paused, and the reason tells which section it is.
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
