import { expect, test } from 'vitest';

import { mutationRecord, type MutantOutcome } from './mutation-score.ts';
import { summariseMutation } from './summarise-mutation.ts';
import { inNode, mutantsOf } from './testing/mutants-of.ts';

const code = inNode(
  'const queue = new Queue("mail.send", { connection: { host: "redis" } });',
  'queue.resume();',
  'queue.f(8);',
);
const procedures = [{ address: '1 > bash[1]', code, section: { title: 'Queue paused' } }];

async function summarise(
  fates: Readonly<Record<string, MutantOutcome['fate']>>,
  sample?: { size: number; seed: number },
) {
  const mutants = await mutantsOf(code, 'extra-retry', 'extra-clean', 'extra-restart', 'half', 'drop-step');
  const outcomes = mutants.flatMap(({ id, line, before, after, operator }) => {
    const fate = fates[operator];
    return fate === undefined ? [] : [{ id, line, before, after, fate }];
  });
  return summariseMutation({ outcomes, mutants, procedures, sample });
}

test('groups survivors by what the scenarios lack, the largest group first and the unknown last', async () => {
  const { lacking } = await summarise({
    'extra-retry': 'survived',
    'extra-clean': 'survived',
    'extra-restart': 'killed',
    half: 'survived',
    'drop-step': 'untouched',
  });
  expect(lacking.map(({ lacks, mutants }) => [lacks, mutants])).toEqual([
    ['no failed job in a paused queue', ['extra-retry:7', 'extra-clean:7']],
    ['no scenario that runs the block', ['drop-step:6']],
    ['unknown', ['half:9']],
  ]);
  expect(lacking.map(({ propose }) => propose)).toEqual([
    [expect.stringMatching(/^burst/)],
    ["a step with run: '1 > bash[1]'"],
    [],
  ]);
});

test('a sample has an interval, and a record of it can be read again', async () => {
  const fates = { 'extra-retry': 'survived', 'extra-clean': 'killed' } as const;
  const all = await summarise(fates);
  expect(all.interval).toBeUndefined();
  const sampled = await summarise(fates, { size: 2, seed: 5 });
  expect(sampled).toMatchObject({
    score: 0.5,
    sample: { size: 2, seed: 5 },
    interval: { from: expect.closeTo(0.0945, 3) },
  });
  const record = { runbook: 'r.md', sha256: '0', ...sampled };
  expect(mutationRecord.parse(JSON.parse(JSON.stringify(record)))).toEqual(record);
});

test('a record of an older version can be read', () => {
  const outcome = { id: 'half:1', line: 1, before: 'a', after: 'b', fate: 'killed' };
  expect(() => mutationRecord.parse({ runbook: 'r.md', sha256: '0', outcomes: [outcome] })).not.toThrow();
});
