import { betweenMs, burstOf, jobsIn, middleOf, stateOf, unknownLack, type Lack } from './lack.ts';

/** A changed number with the line around it. */
export interface ChangedNumber {
  readonly was: number;
  readonly is: number;
  /** The line up to the number, and after it. */
  readonly lead: string;
  readonly rest: string;
}

/** What a number limits, from what stands before it. The first that fits counts. */
const uses: readonly { readonly lead: RegExp; readonly explain: (number: ChangedNumber) => Lack }[] = [
  { lead: /Date\.now\(\) - [\w.]*processedOn\s*[<>]=?\s*$/, explain: explainActiveAge },
  {
    lead: /Date\.now\(\) - [\w.]*finishedOn\s*[<>]=?\s*$/,
    explain: (number) => explainAge(number, 'finished job', 'failedAgo'),
  },
  { lead: /Date\.now\(\) - [\w.]+\s*[<>]=?\s*$/, explain: (number) => explainAge(number, 'job', 'waited') },
  { lead: /\.clean\(\s*$/, explain: explainClean },
  { lead: /\.clean\([^,]*,\s*$/, explain: ({ was, is }) => moreThan(Math.min(was, is), 'jobs to clean') },
  { lead: /\.get[A-Z]\w*\(\d+,\s*$/, explain: explainRange },
  { lead: /\.setGlobalConcurrency\(\s*$/, explain: explainConcurrency },
  { lead: /\.slice\(\d+,\s*$/, explain: explainSlice },
  {
    lead: /\bsleep\s+"?(?:\$\{\w+:?-)?$|^\s*\w*(?:WAIT|WINDOW|SECONDS|DELAY)\w*="?(?:\$\{\w+:?-)?$/i,
    explain: explainWait,
  },
  { lead: /\s(?:-t|--timeout)[\s=]$/, explain: explainGrace },
  { lead: /--tail[\s=]$|\b(?:tail|head)\s+(?:-n\s*|-)$/, explain: explainExcerpt },
  { lead: /\+=\s*$/, explain: explainCounter },
];

export function explainNumber(number: ChangedNumber): Lack {
  return uses.find(({ lead }) => lead.test(number.lead))?.explain(number) ?? unknownLack;
}

function explainActiveAge({ was, is }: ChangedNumber): Lack {
  const [from, to, unit] = betweenMs(was, is);
  const age = middleOf(was, is);
  return {
    lacks: `no job that has been active for ${from} to ${to} ${unit}`,
    propose: `a scenario with the fault 'stuck-jobs' and age: '${age}', whose jobs must stay or go as the block says`,
  };
}

function explainAge({ was, is }: ChangedNumber, what: string, key: 'waited' | 'failedAgo'): Lack {
  const [from, to, unit] = betweenMs(was, is);
  const more = `${key === 'failedAgo' ? 'data: …, ' : ''}${key}: '${middleOf(was, is)}'`;
  return { lacks: `no ${what} between ${from} and ${to} ${unit} old`, propose: burstOf(1, more) };
}

function explainClean(number: ChangedNumber): Lack {
  const state = /["'](\w+)["']/.exec(number.rest)?.[1] ?? 'completed';
  if (state === 'failed') return explainAge(number, 'failed job', 'failedAgo');
  const { lacks } = explainAge(number, `${state} job`, 'waited');
  return { lacks };
}

function explainRange({ was, is, lead }: ChangedNumber): Lack {
  return moreThan(Math.min(was, is) + 1, `${stateOf(lead.slice(lead.lastIndexOf('.get')))} jobs`);
}

/** A queue with more jobs than this would show the difference. */
export function moreThan(count: number, jobs: string): Lack {
  const known = jobsIn(jobs.split(' ')[0] ?? '');
  const propose = known?.startsWith('burst') ? known.replace(/count: \d+/, `count: ${count + 1}`) : undefined;
  return { lacks: `no queue with more than ${count} ${jobs}`, propose: propose ?? burstOf(count + 1, '…') };
}

function explainConcurrency({ was, is }: ChangedNumber): Lack {
  const value = Math.min(was, is);
  return {
    lacks: 'no claim on how many jobs of the queue run at once',
    propose: `throughout: { claim: 'count', queues: affected, state: 'active', op: '<=', value: ${value} }, with more jobs waiting`,
  };
}

function explainSlice({ was, is }: ChangedNumber): Lack {
  const least = Math.min(was, is);
  return {
    lacks: `nothing with more than ${least} entries or characters to treat`,
    propose: `jobs or payloads that fill more than ${least}, and a check of the last of them`,
  };
}

/** Seconds, of a wait or of one that a variable holds. */
export function explainWait({ was, is }: Pick<ChangedNumber, 'was' | 'is'>): Lack {
  if (is > was)
    return {
      lacks: 'no limit of the time that the recovery takes',
      propose: `health: { within: '<less than the added ${is - was} s>' }`,
    };
  return {
    lacks: `nothing that takes between ${is} s and ${was} s to be ready`,
    propose: `a lock, a rate limit or a start that lasts ${Math.ceil((was + is) / 2)} s when the block runs`,
  };
}

function explainGrace({ was, is }: ChangedNumber): Lack {
  const [from, to] = [Math.min(was, is), Math.max(was, is)];
  return {
    lacks: `no active job that ends between ${from} s and ${to} s after the stop`,
    propose: `${burstOf(1, `data: <takes ${Math.ceil((from + to) / 2)} s>`)}, and jobs: { duplicates: 'effectively-once' }`,
  };
}

function explainExcerpt({ was, is }: ChangedNumber): Lack {
  return {
    lacks: 'no line of the log that only the longer excerpt holds',
    propose: `shows: a line between ${Math.min(was, is)} and ${Math.max(was, is)} lines before the end of the log`,
  };
}

function explainCounter(): Lack {
  return {
    lacks: 'no check of a number that the block counts and prints',
    propose: 'shows: { pattern: /<the text> (\\d+)/, counts: … }',
  };
}
