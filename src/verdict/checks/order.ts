import { count } from '../../kernel/words.ts';
import { fail, inconclusive, pass, type ScenarioCheck } from './check.ts';

const id = 'order';

/**
 * The share of jobs that may be out of turn: taken before a more urgent one arrived, or slower than others beside
 * them.
 */
const tolerance = 0.1;

/** Jobs with a priority must have been done in that order, as the effects sink saw it. */
export const order: ScenarioCheck = {
  id,
  about: ['treatment'],
  appliesTo: ({ jobs }) => jobs.inOrder !== undefined,
  run({ treatment }) {
    if (!treatment) return inconclusive(id, 'the arm was not run');
    const { gaps } = treatment.ledger;
    if (gaps.length > 0) return inconclusive(id, `the order is not known: ${gaps.join('; ')}`);
    const { jobs, outOfTurn } = treatment.order.result();
    if (jobs === 0) return inconclusive(id, 'no job that was added with a priority was done');
    if (outOfTurn.length <= jobs * tolerance)
      return pass(id, `${count(jobs, 'job')} done in order of priority, ${outOfTurn.length} of them out of turn`);
    const examples = outOfTurn.slice(0, 5).map((job) => `${job.id} of ${job.queue}`);
    const more = outOfTurn.length > examples.length ? ', …' : '';
    const message = `${outOfTurn.length} of ${count(jobs, 'job')} done out of turn: ${examples.join(', ')}${more}`;
    return fail(id, [{ message }]);
  },
};
