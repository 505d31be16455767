import { expect, test } from 'vitest';

import { changesOf, inNode } from './testing/mutants-of.ts';

const all = ['swap-labels', 'wrong-sum', 'hide-line'];

test('swaps two labels of a line', async () => {
  const code = inNode(
    'const show = (row) => `${row.name}: active=${row.active} failed=${row.failed}`;',
    'rows.push({ name, active: counts.active, failed: counts.failed });',
    'console.log(`failed=${sum("failed")} paused=${sum("paused")}`);',
    'console.log("job", job.id, "reason:", job.failedReason);',
  );
  expect(await changesOf(code, 'swap-labels')).toEqual([
    'swap-labels:7 const show = (row) => `${row.name}: active=${row.failed} failed=${row.active}`;',
    'swap-labels:8 rows.push({ name, active: counts.failed, failed: counts.active });',
    'swap-labels:9 console.log(`failed=${sum("paused")} paused=${sum("failed")}`);',
    'swap-labels:10 console.log("job", job.failedReason, "reason:", job.id);',
  ]);
});

test('leaves a term out of a sum', async () => {
  const code = inNode('const backlog = counts.waiting + counts.prioritized + counts.paused; // a.b + a.c');
  expect(await changesOf(code, 'wrong-sum')).toEqual([
    'wrong-sum:7 const backlog = counts.prioritized + counts.paused; // a.b + a.c',
    'wrong-sum:7#2 const backlog = counts.waiting + counts.paused; // a.b + a.c',
    'wrong-sum:7#3 const backlog = counts.waiting + counts.prioritized; // a.b + a.c',
  ]);
});

test('hides a line of what a diagnosis prints', async () => {
  const code = inNode(
    'const names = new Set(); names.add(key);',
    'for (const row of rows.filter((row) => row.paused)) console.log("PAUSED", row.name);',
    'if (rows.length > 0) console.log(`rows: ${rows.length}`);',
    'console.log("a heading:");',
    'console.log(',
    '"two lines");',
  );
  expect(await changesOf(code, 'hide-line')).toEqual(['hide-line:8 ', 'hide-line:9 ']);
});

test('leaves what a cure prints, other sums, and text that looks like code alone', async () => {
  const cure = inNode('(async () => {', 'await queue.resume();', 'console.log("resumed");', '})();');
  expect(await changesOf(cure, ...all)).toEqual([]);
  const text = inNode('const a = 1 + 2;', 'const b = "a.b + a.c";', 'f("x: ${a}, y: ${b}");', 'x += y.z + n;');
  expect(await changesOf(text, ...all)).toEqual([]);
});
