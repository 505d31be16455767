import { expect, test } from 'vitest';

import { mutantsOf } from './testing/mutants-of.ts';

const question = ['echo "This stops mail"', 'read -r -n 1', 'if [[ ! $REPLY =~ ^[Yy]$ ]]; then', '  exit 0', 'fi'];
const deed = ['docker compose stop mail', 'sleep 5'];
const blocksOf = async (...lines: readonly string[]): Promise<readonly string[]> =>
  (await mutantsOf(lines.join('\n'), 'ask-after')).map(({ block }) => block);

test('asks after the first step, or after all of them', async () => {
  expect(await blocksOf('SERVICE=mail', ...question, '', ...deed)).toEqual([
    ['SERVICE=mail', deed[0], ...question, '', deed[1]].join('\n'),
    ['SERVICE=mail', ...deed, ...question, ''].join('\n'),
  ]);
});

test('moves a step of several lines as a whole, and finds a guard of one line', async () => {
  const node = ["docker compose exec -T api node -e '", 'f();', "'"];
  expect(await blocksOf('read -r sure', '[ "$sure" = y ] || exit', ...node)).toEqual([
    [...node, 'read -r sure', '[ "$sure" = y ] || exit'].join('\n'),
  ]);
});

test('leaves a block without a question, a guard or a deed alone', async () => {
  expect(await blocksOf(...deed)).toEqual([]);
  expect(await blocksOf('read -r name', ...deed)).toEqual([]);
  expect(await blocksOf(...question, 'echo done')).toEqual([]);
  expect(await blocksOf('go() {', ...question.map((line) => `  ${line}`), '}', ...deed)).toEqual([]);
});
