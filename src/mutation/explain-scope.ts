import { moreThan } from './explain-number.ts';
import { burstOf, failingJobs, jobsIn, stateOf, unknownLack, type Lack } from './lack.ts';
import type { TextChange } from './mutant.ts';

const other = "{ names: ['<another queue>'] }";

/** Claims about another queue, by the call that now reaches it. */
const inEveryQueue: Readonly<Record<string, Lack>> = {
  pause: {
    lacks: 'no claim that other queues go on',
    propose: `throughout: { claim: 'paused', queues: ${other}, value: false }`,
  },
  resume: {
    lacks: 'no other queue that is paused on purpose',
    propose: `a second paused queue, and throughout: { claim: 'paused', queues: ${other}, value: true }`,
  },
  drain: { lacks: 'no waiting job in another queue', propose: burstOf(3, 'options: { delay: 3_600_000 }', other) },
  promoteJobs: {
    lacks: 'no delayed job in another queue',
    propose: burstOf(3, 'options: { delay: 3_600_000 }', other),
  },
  retryJobs: { lacks: 'no failed job in another queue', propose: failingJobs(other) },
  setGlobalConcurrency: { lacks: 'no look at the concurrency of another queue' },
  removeGlobalConcurrency: { lacks: 'no look at the concurrency of another queue' },
};

/** A change that was meant for one queue reaches all. */
export function explainEveryQueue({ was, is }: TextChange): Lack {
  if (is === 'true')
    return {
      lacks: 'no failed job in another queue while the argument names one',
      propose: failingJobs(other),
    };
  const call = /\.(\w+)\(/.exec(was)?.[1] ?? '';
  if (call === 'clean') return explainClean(was);
  const state = stateOf(call);
  if (state === '') return inEveryQueue[call] ?? unknownLack;
  const propose = jobsIn(state, other);
  return {
    lacks: `no ${state} job in another queue that the block would treat`,
    ...(propose === undefined ? {} : { propose }),
  };
}

function explainClean(call: string): Lack {
  const state = /["'](\w+)["']/.exec(call)?.[1] ?? 'completed';
  const lacks = `no old ${state} job in another queue`;
  return state === 'failed' ? { lacks, propose: burstOf(3, "data: …, failedAgo: '25h'", other) } : { lacks };
}

/** Only the first of a list is treated. */
export function explainFirstOnly({ was, is, lead }: TextChange): Lack {
  const most = Number(/\.slice\(0, (\d+)\)$/.exec(is)?.[1]);
  if (/^\s*for \w+ in /.test(lead))
    return {
      lacks: `no look at the last entry of the list (${was.trim()})`,
      propose: `a fault or a claim that concerns ${was.trim()}`,
    };
  if (was.includes('.split('))
    return { lacks: `no argument with more than ${most} names`, propose: `run it with ${most + 1} names, each broken` };
  const call = /\.get[A-Z]\w*\(/.exec(was)?.[0] ?? /\.get[A-Z]\w*\([^()]*$/.exec(lead)?.[0] ?? '';
  if (call !== '') return moreThan(most || Number(is.replace('0, ', '')) + 1, `${stateOf(call)} jobs`);
  const list = /\w+/.exec(was)?.[0] ?? '';
  if (/^(?:keys|names|queues)$/.test(list))
    return { lacks: `no fault that affects more than ${most} queues`, propose: `a fault in ${most + 1} queues` };
  if (jobsIn(list) !== undefined) return moreThan(most, `${list} jobs`);
  if (list === 'jobs') return moreThan(most, 'jobs');
  return { lacks: `no more than ${most} entries in ${list}`, propose: `a fault that affects ${most + 1} of them` };
}
