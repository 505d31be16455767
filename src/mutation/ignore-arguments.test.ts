import { expect, test } from 'vitest';

import { changesOf, inNode } from './testing/mutants-of.ts';

const operator = 'ignore-argument';

test('puts the default in the place of an argument', async () => {
  const code = ['QUEUES="${1:-mail.send mail.track}"', 'sleep "${2-60}"', 'docker compose logs ${3:-mail}'].join('\n');
  expect(await changesOf(code, operator)).toEqual([
    'ignore-argument:6 QUEUES="mail.send mail.track"',
    'ignore-argument:7 sleep "60"',
    'ignore-argument:8 docker compose logs mail',
  ]);
});

test('puts a queue or service that the block does not name in the place of an argument without a default', async () => {
  const code = ['QUEUE="${1:-}"', 'SERVICE=$2', 'worker="${3:?which worker}"', 'echo mail.send mail'].join('\n');
  expect(await changesOf(code, operator)).toEqual([
    'ignore-argument:6 QUEUE="mail.track"',
    'ignore-argument:7 SERVICE=bill',
    'ignore-argument:8 worker="bill"',
  ]);
});

test('leaves functions, single quotes, other variables and unknown kinds of argument alone', async () => {
  const code = [
    'go() {',
    '  echo "${1:-mail}"',
    '}',
    "awk '{ print $1 }' file",
    'echo "$QUEUE ${NAME:-x} $0 $#"',
    'reason="$1"',
    inNode('console.log(`${1}`);'),
  ].join('\n');
  expect(await changesOf(code, operator)).toEqual([]);
});
