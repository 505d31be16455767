import { expect, test } from 'vitest';

import { changesOf, inNode } from './testing/mutants-of.ts';

test('hides the rows that a filter would show', async () => {
  const code = inNode(
    'const rows = await readRows();',
    'for (const row of rows.filter((row) => row.paused && f(row))) console.log("PAUSED", row.name);',
    'for (const row of rows.sort((a, b) => b.held - a.held)) console.log(row.name);',
  );
  expect(await changesOf(code, 'hide-small')).toEqual([
    'hide-small:8 for (const row of rows.filter((row) => row.paused && f(row) && row.held >= 10)) console.log("PAUSED", row.name);',
    'hide-small:9 for (const row of rows.sort((a, b) => b.held - a.held)) if (row.held >= 10) console.log(row.name);',
  ]);
});

test('hides a line of a loop by the figure that it prints', async () => {
  const code = inNode(
    'for (const name of names) {',
    'const name = key.slice("bull:".length);',
    'const held = counts.waiting + counts.paused;',
    'console.log(`${name} holds ${held} jobs, ${counts.active} active`);',
    'console.log(`${name} active: ${counts.active}`);',
    '}',
  );
  expect(await changesOf(code, 'hide-small')).toEqual([
    'hide-small:10 if (held >= 10) console.log(`${name} holds ${held} jobs, ${counts.active} active`);',
    'hide-small:11 if (counts.active >= 10) console.log(`${name} active: ${counts.active}`);',
  ]);
});

test('leaves totals, rows without a figure, and what a cure prints alone', async () => {
  const looks = inNode(
    'for (const job of jobs.filter((job) => job.failedReason)) console.log(job.id, job.failedReason);',
    'const all = first.length + second.length;',
    'console.log(`jobs: ${all}`);',
  );
  expect(await changesOf(looks, 'hide-small')).toEqual([]);
  const cures = inNode('for (const job of jobs) {', 'await job.remove();', 'console.log(`${jobs.length}`);', '}');
  expect(await changesOf(cures, 'hide-small')).toEqual([]);
});
