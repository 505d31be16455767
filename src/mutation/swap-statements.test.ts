import { expect, test } from 'vitest';

import { changesOf, inNode, mutantsOf } from './testing/mutants-of.ts';

test('swaps two statements of a program', async () => {
  const code = inNode(
    '(async () => {',
    '  await queue.pause();',
    '  await queue.drain(true);',
    '  console.log("drained", await queue.count());',
    '  await queue.close();',
    '})();',
  );
  expect(await changesOf(code, 'swap-statements')).toEqual([
    'swap-statements:8 await queue.drain(true);',
    'swap-statements:9 console.log("drained", await queue.count());',
  ]);
});

test('swaps a condition and what it guards', async () => {
  const code = inNode('for (const job of jobs) {', '  if (job.ok) continue;', '  job.drop();', '}');
  expect(await changesOf(code, 'swap-statements')).toEqual(['swap-statements:8 job.drop();']);
});

test('leaves declarations, sums, two lines of output and other depths alone', async () => {
  const code = inNode(
    'const a = f();',
    'g(a);',
    'n += 1;',
    'console.log("x", a);',
    'console.log("y", a);',
    'for (const b of a) console.log("z", b);',
    'g(c);',
    'console.log("done");',
    'for (const b of a) {',
    '  g(b);',
    '}',
    'h(`',
    'x();',
    'y();',
    '`);',
  );
  expect(await changesOf(code, 'swap-statements')).toEqual([]);
});

test('swaps two steps with an empty line or a comment between them, as a whole', async () => {
  const node = ["docker compose exec -T api node -e '", 'f();', "' || exit 1"];
  const code = ['docker compose stop mail', ...node, '', '# then', 'docker compose start mail'].join('\n');
  const blocks = (await mutantsOf(code, 'swap-statements')).map(({ block }) => block);
  expect(blocks).toEqual([
    [...node, 'docker compose stop mail', '', '# then', 'docker compose start mail'].join('\n'),
    ['docker compose stop mail', 'docker compose start mail', '', '# then', ...node].join('\n'),
  ]);
});

test('leaves steps on both sides of a condition, and those of swap-steps, alone', async () => {
  const code = 'sleep 1\nif true; then\n  sleep 2\nfi\nsleep 3\nsleep 4';
  expect(await changesOf(code, 'swap-statements')).toEqual([]);
});

test('leaves two steps that only look alone', async () => {
  const code =
    'docker compose ps --all\n\n# why\ndocker compose logs --tail=9 mail | tail -1\n\ncurl -fsS http://mail/';
  expect(await changesOf(code, 'swap-statements')).toEqual([]);
});
