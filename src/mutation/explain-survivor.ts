/**
 * Says what the scenarios lack, so that a mutant survived. It knows the operator, the changed text and the section, and
 * nothing about the scenarios. Where these do not tell, it says "unknown".
 */
import { explainEveryQueue, explainFirstOnly } from './explain-scope.ts';
import { explainNumber, explainWait } from './explain-number.ts';
import { burstOf, jobsIn, unknownLack, type Lack } from './lack.ts';
import type { Mutant, TextChange } from './mutant.ts';

/** The block that a mutant changes. */
export interface ChangedBlock {
  readonly code: string;
  /** The title of its section. */
  readonly title?: string;
}

type Survivor = Pick<Mutant, 'operator' | 'line' | 'before' | 'after' | 'change'>;

/** Operators after which a step does nothing, or something else. */
const replacesStep = /^(?:drop-step|drop-line|echo|invert|wrong-queue|wrong-service)$/;

export function explainSurvivor({ operator, line, before, after, change }: Survivor, block: ChangedBlock): Lack {
  if (replacesStep.test(operator))
    return { lacks: 'no check of what the step does', propose: `achieves or shows, for the step of line ${line}` };
  if (operator === 'shorter-wait') return explainShorterWait(before, after);
  if (!change) return unknownLack;
  return explanations[operator]?.(change, block) ?? unknownLack;
}

const refusal = (reply: string): string => `answers: [{ prompt: …, reply: '${reply}' }], and nothing may change`;

const explanations: Readonly<Record<string, (change: TextChange, block: ChangedBlock) => Lack>> = {
  half: explainChangedNumber,
  double: explainChangedNumber,
  'plus-10-percent': explainChangedNumber,
  'minus-10-percent': explainChangedNumber,
  'ignore-argument': explainArgument,
  'every-queue': explainEveryQueue,
  'every-service': () => ({
    lacks: 'no check of the services that the block does not name',
    propose: 'health: { services: [<only those that the block names>] }, so that the others must go on',
  }),
  'first-only': explainFirstOnly,
  'no-grace': () => ({
    lacks: 'no job that is still active when its worker stops',
    propose: `${burstOf(1, 'data: <takes some seconds>')}, and jobs: { duplicates: 'effectively-once' }`,
  }),
  'confirm-empty': () => ({ lacks: 'no answer with an empty line', propose: refusal('') }),
  'confirm-part': ({ is }) => ({
    lacks: 'no answer with a part of the word',
    propose: refusal(/"(\w)"/.exec(is)?.[1] ?? /\^(\w)/.exec(is)?.[1] ?? 'y…'),
  }),
  'confirm-unless-n': () => ({ lacks: 'no answer that is neither yes nor no', propose: refusal('x') }),
  'ask-after': () => ({
    lacks: 'no refusal after which the fleet is compared with what it was',
    propose: `${refusal('n')}; throughout: a claim on what the block would change`,
  }),
  'extra-promote': (_, block) => explainExtra('delayed', block),
  'extra-retry': (_, block) => explainExtra('failed', block),
  'extra-clean': (_, block) => explainExtra('failed', block),
  'extra-pause': () => ({
    lacks: 'no claim that the queue is not paused meanwhile',
    propose: "throughout: { claim: 'paused', queues: affected, value: false }, once it was resumed",
  }),
  'extra-concurrency': () => ({ lacks: 'no look at the concurrency that the block leaves' }),
  'extra-setting': () => ({ lacks: 'no look at the settings of Redis that the block leaves' }),
  'extra-restart': ({ is }) => ({
    lacks: 'no check of the services that the block does not name',
    propose: `health: { services: [<not ${/restart (\S+);/.exec(is)?.[1] ?? 'this one'}>] }, with jobs active in it`,
  }),
  'extra-wait': () => ({
    lacks: 'no limit of the time that the recovery takes',
    propose: "health: { within: '<less than the added 60 s>' }",
  }),
  'lose-options': ({ is }) => {
    const option = /(\w+): undefined/.exec(is)?.[1] ?? 'options';
    return {
      lacks: `no look at the ${option} of jobs that the block adds again`,
      propose: 'digests of jobs from the effects sink, and jobs: { altered: 0 }',
    };
  },
  'swap-labels': explainLabels,
  'wrong-sum': explainSum,
  'hide-line': explainHidden,
  'hide-small': ({ is }) => ({
    lacks: 'no row with a figure below 10 that the block must show',
    propose: `shows: a row whose ${/(\w+) >= /.exec(is)?.[1] ?? 'figure'} is 3`,
  }),
};

function explainShorterWait(before: string, after: string): Lack {
  const [was, is] = [before, after].map((text) => Number(/sleep\s+(\d+)/.exec(text)?.[1]));
  return was && is ? explainWait({ was, is }) : unknownLack;
}

function explainChangedNumber({ was, is, lead, rest }: TextChange): Lack {
  return explainNumber({ was: Number(was.replaceAll('_', '')), is: Number(is), lead, rest });
}

function explainArgument({ was, is }: TextChange): Lack {
  const number = Number(/\d/.exec(was)?.[0] ?? 1);
  const isDefault = /:?-/.test(was) && was.includes(is);
  const args = [...Array.from({ length: number - 1 }, () => "'…'"), `'<not ${is}>'`];
  return {
    lacks: `only ${isDefault ? 'the default' : 'one'} argument is used`,
    propose: `run it with args: [${args.join(', ')}]`,
  };
}

function explainExtra(state: string, { code, title = '' }: ChangedBlock): Lack {
  const propose = jobsIn(state);
  const queue = queueOf(title, code);
  // The jobs that such a section treats are failed themselves.
  const isTreated = state === 'failed' && queue.includes(state);
  const lacks = isTreated ? 'no failed job that the block must leave as it is' : `no ${state} job in ${queue}`;
  return propose === undefined ? { lacks } : { lacks, propose };
}

/** The state of the queue that a section is about. */
function queueOf(title: string, code: string): string {
  if (/\bpaused?\b/i.test(title)) return 'a paused queue';
  if (/\bdrain/i.test(title) || code.includes('.drain(')) return 'a drained queue';
  if (/rate limit/i.test(title)) return 'a queue with a used-up rate limit';
  if (/\bstuck\b/i.test(title)) return 'a queue with stuck jobs';
  if (/\bfail/i.test(title)) return 'a queue with failed jobs';
  return 'the queue that the block treats';
}

function explainLabels({ lead, was }: TextChange): Lack {
  const first = /(\w+)["']?(?:=|: ?|, )["']?(?:\$\{)?$/.exec(lead)?.[1];
  const second = /(\w+):?["']?(?:=|: ?|, )(?:\$\{)?[\w.("')]+$/.exec(was)?.[1];
  if (first === undefined || second === undefined) return unknownLack;
  return {
    lacks: `no two different figures for ${first} and ${second}`,
    propose: `shows: { pattern: /${first}…(\\S+)/, counts: … }, with jobs that make the two differ`,
  };
}

function explainSum({ was, is }: TextChange): Lack {
  const state =
    was
      .split(' + ')
      .find((term) => !is.split(' + ').includes(term))
      ?.split('.')[1] ?? '';
  const propose = jobsIn(state);
  const lacks = `no ${state} job among those that are counted`;
  return propose === undefined ? { lacks } : { lacks, propose };
}

function explainHidden({ was }: TextChange): Lack {
  const printed = /console\.\w+\((?:"([^"]+)"|`(?:\$\{[^}]*\}[:\s]*)?([^`$]+))/.exec(was);
  const text = (printed?.[1] ?? printed?.[2] ?? '').trim();
  if (text === '') return { lacks: 'no look at a line that the block prints' };
  return {
    lacks: `no look at the line that prints ${JSON.stringify(text)}`,
    propose: `shows: { pattern: /${text}/, … }`,
  };
}
