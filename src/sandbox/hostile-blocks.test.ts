import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';

import { hostileBlocks } from './testing/hostile-blocks.ts';

test('docs/security.md lists every attempt, and no other', async () => {
  const text = await readFile(path.resolve(import.meta.dirname, '../../docs/security.md'), 'utf8');
  const listed = text.match(/^\| .* \| (works|not shown: .*) \| (refused, and a finding|no effect) \|$/gm);
  const rows = hostileBlocks.map(({ what, notShown, attempt }) => {
    const bare = notShown === undefined ? 'works' : `not shown: ${notShown}`;
    return `| ${what} | ${bare} | ${attempt ? 'refused, and a finding' : 'no effect'} |`;
  });
  expect(listed).toEqual(rows);
  expect(new Set(hostileBlocks.map(({ what }) => what)).size).toBe(hostileBlocks.length);
});
