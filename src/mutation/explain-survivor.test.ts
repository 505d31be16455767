import { expect, test } from 'vitest';

import { explainSurvivor } from './explain-survivor.ts';
import { inNode, mutantsOf } from './testing/mutants-of.ts';

const open = 'const queue = new Queue(process.env.QUEUE, { connection: { host: "redis" } });';
const program = (...lines: readonly string[]): string => inNode('(async () => {', open, ...lines, '})();');

/** What the scenarios lack by each mutant that the operator makes of the block, and what would help. */
async function lacksOf(code: string, operator: string, title?: string): Promise<readonly string[]> {
  const mutants = await mutantsOf(code, operator);
  return mutants.map((mutant) => {
    const { lacks, propose = '-' } = explainSurvivor(mutant, { code, ...(title === undefined ? {} : { title }) });
    return `${lacks}: ${propose}`;
  });
}

test('a limit of age lacks a job between the two ages', async () => {
  const code = program(
    'if (Date.now() - job.processedOn > 1800000) await job.remove();',
    'if (Date.now() - job.timestamp > 7200000) await job.remove();',
    'await queue.clean(86400000, 500, "failed");',
  );
  expect(await lacksOf(code, 'half')).toEqual([
    "no job that has been active for 15 to 30 minutes: a scenario with the fault 'stuck-jobs' and age: '23m', whose jobs must stay or go as the block says",
    "no job between 1 and 2 hours old: burst: { queues: affected, count: 1, waited: '90m' }",
    "no failed job between 12 and 24 hours old: burst: { queues: affected, count: 1, data: …, failedAgo: '18h' }",
    'no queue with more than 250 jobs to clean: burst: { queues: affected, count: 251, … }',
  ]);
});

test('a wait, a time to end, and a number of jobs each lack what they limit', async () => {
  const code = [
    'sleep 40',
    'docker compose stop -t 10 mail',
    'docker compose logs --tail=100 mail',
    program('await queue.getFailed(0, 99);', 'rows.slice(0, 10);', 'await queue.setGlobalConcurrency(2);'),
  ].join('\n');
  const lacks = await lacksOf(code, 'half');
  expect(lacks.map((text) => text.split(':')[0])).toEqual([
    'nothing that takes between 20 s and 40 s to be ready',
    'no active job that ends between 5 s and 10 s after the stop',
    'no line of the log that only the longer excerpt holds',
    'no queue with more than 50 failed jobs',
    'nothing with more than 5 entries or characters to treat',
    'no claim on how many jobs of the queue run at once',
  ]);
  expect(await lacksOf('sleep 40', 'double')).toEqual([
    "no limit of the time that the recovery takes: health: { within: '<less than the added 40 s>' }",
  ]);
});

test('an ignored argument lacks another argument', async () => {
  expect(await lacksOf('QUEUE="${1:-mail.send}"', 'ignore-argument')).toEqual([
    "only the default argument is used: run it with args: ['<not mail.send>']",
  ]);
  expect(await lacksOf('QUEUE="$1"\nSERVICE="$2"', 'ignore-argument')).toEqual([
    "only one argument is used: run it with args: ['<not mail.send>']",
    "only one argument is used: run it with args: ['…', '<not mail>']",
  ]);
});

test('a wider scope lacks something in another queue', async () => {
  const code = program('await queue.drain(true);', 'await queue.clean(1000, 1, "failed");', 'await queue.getActive();');
  expect((await lacksOf(code, 'every-queue')).map((text) => text.split(':')[0])).toEqual([
    'no waiting job in another queue',
    'no old failed job in another queue',
    'no active job in another queue that the block would treat',
  ]);
});

test('a narrower scope lacks a longer list', async () => {
  const code = [
    'for service in mail bill; do docker compose restart "$service"; done',
    program('for (const name of names.split(" ")) f(name);', 'for (const job of await queue.getFailed()) f(job);'),
  ].join('\n');
  expect((await lacksOf(code, 'first-only')).map((text) => text.split(':')[0])).toEqual([
    'no look at the last entry of the list (bill)',
    'no argument with more than 2 names',
    'no queue with more than 10 failed jobs',
  ]);
});

test('a confirmation lacks an answer', async () => {
  const code = 'read -r\nif [[ $REPLY != "DRAIN" ]]; then exit 0; fi\ndocker compose stop mail';
  expect(await lacksOf(code, 'confirm-empty')).toEqual([
    "no answer with an empty line: answers: [{ prompt: …, reply: '' }], and nothing may change",
  ]);
  expect(await lacksOf(code, 'confirm-part')).toEqual([
    "no answer with a part of the word: answers: [{ prompt: …, reply: 'D' }], and nothing may change",
  ]);
  expect((await lacksOf(code, 'ask-after'))[0]).toMatch(/^no refusal after which the fleet is compared/);
});

test('an extra call lacks jobs that it would touch, in the queue of the section', async () => {
  const code = program('await queue.resume();', 'await queue.close();');
  const of = (operator: string) => lacksOf(code, operator, 'Scenario B: queue paused');
  expect(await of('extra-retry')).toEqual([
    'no failed job in a paused queue: burst: { queues: affected, count: 3, data: <a payload that fails>, options: { attempts: 1 } }',
  ]);
  expect(await of('extra-promote')).toEqual([
    'no delayed job in a paused queue: burst: { queues: affected, count: 3, options: { delay: 3_600_000 } }',
  ]);
  expect(await lacksOf(code, 'extra-promote', 'Other')).toEqual([
    expect.stringContaining('in the queue that the block treats'),
  ]);
});

test('a blurred diagnosis lacks figures that differ, or a look at the line', async () => {
  const code = inNode('const backlog = counts.waiting + counts.paused;', 'console.log(`backlog=${a} active=${b}`);');
  expect(await lacksOf(code, 'wrong-sum')).toEqual([
    'no waiting job among those that are counted: burst: { queues: affected, count: 3, options: { priority: 0 } }',
    "no paused job among those that are counted: a fault of the kind 'queues-paused'",
  ]);
  expect((await lacksOf(code, 'swap-labels'))[0]).toMatch(/^no two different figures for backlog and active: shows/);
  expect((await lacksOf(code, 'hide-line'))[0]).toMatch(/^no look at the line that prints "backlog=": shows/);
});

test('a section about failed jobs lacks one that must stay failed', async () => {
  const code = program('await job.retry();', 'await queue.close();');
  expect(await lacksOf(code, 'extra-clean', 'Retry failed jobs')).toEqual([
    'no failed job that the block must leave as it is: burst: { queues: affected, count: 3, data: <a payload that fails>, options: { attempts: 1 } }',
  ]);
});

test('a step that does nothing, or something else, lacks a check of what it does', async () => {
  const lack = 'no check of what the step does: achieves or shows, for the step of line';
  expect(await lacksOf('docker compose stop mail', 'drop-step')).toEqual([`${lack} 6`]);
  expect(await lacksOf('docker compose stop mail', 'wrong-service')).toEqual([`${lack} 6`]);
  expect(await lacksOf(program('await queue.pause();'), 'invert')).toEqual([`${lack} 9`]);
});

test('a narrower loop over queues or jobs lacks more of them', async () => {
  const loop = (list: string): string => inNode(`for (const each of ${list}) f(each);`);
  const lacks = async (list: string) => (await lacksOf(loop(list), 'first-only'))[0];
  expect(await lacks('keys')).toBe('no fault that affects more than 10 queues: a fault in 11 queues');
  expect(await lacks('[...names].sort()')).toMatch(/^no fault that affects more than 10 queues/);
  expect(await lacks('failed')).toMatch(/^no queue with more than 10 failed jobs/);
  expect(await lacks('jobs')).toMatch(/^no queue with more than 10 jobs/);
});

test('says unknown where nothing can be derived', async () => {
  expect(await lacksOf('sleep 3\nsleep 4', 'swap-steps')).toEqual(['unknown: -']);
  expect(await lacksOf(inNode('f(a, 8);'), 'half')).toEqual(['unknown: -']);
  expect(await lacksOf(program('await queue.pause();', 'await queue.drain(true);'), 'swap-statements')).toEqual([
    'unknown: -',
  ]);
});

test('a wait, lost options and hidden rows each lack what would show them', async () => {
  expect(await lacksOf('docker compose start mail', 'extra-wait')).toEqual([
    "no limit of the time that the recovery takes: health: { within: '<less than the added 60 s>' }",
  ]);
  const [attempts] = await lacksOf(program('await job.retry();'), 'lose-options');
  expect(attempts).toMatch(/^no look at the attempts of jobs that the block adds again: /);
  const rows = inNode('for (const row of rows.sort((a, b) => b.held - a.held)) console.log(row.name);');
  expect(await lacksOf(rows, 'hide-small')).toEqual([
    'no row with a figure below 10 that the block must show: shows: a row whose held is 3',
  ]);
});
