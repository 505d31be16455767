import { defineScenario } from '../src/index.ts';

/** A new container has a new log, in which nothing is wrong yet. That an error is found is told by `api-slow`. */
export default defineScenario({
  id: 'log-patterns',
  title: 'the log patterns count what was completed, and do not cry on a healthy fleet',
  fresh: ['worker-outreach'],
  diagnosis: [
    {
      run: '6.4 > bash[1]',
      shows: [
        { pattern: /^(?![\s\S]*"level":"error")/, means: 'no error where there is none' },
        { pattern: /^[1-9]\d*\s*$/m, means: 'how many jobs were completed' },
      ],
    },
  ],
});
