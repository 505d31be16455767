import { expect, test } from 'vitest';

import { runPage } from './support/run-page.ts';
import { sandboxObjects } from './support/sandbox-objects.ts';
import { createSmallProject } from './support/small-project.ts';

/** Times, the clock and numbers of jobs differ between runs, and so do the jobs that a finding lists. */
function masked(text: string): string {
  return text
    .replaceAll(/\bj[0-9a-f]{16} of .*$/gm, '…')
    .replaceAll(/\d+(?= sandbox seconds a second)/g, 'N')
    .replaceAll(/\d+\.\d+|\d+(?= jobs)/g, 'N')
    .trimEnd();
}

test('docs/first-scenario.md works as written and shows the real output', async () => {
  await using project = await createSmallProject();
  const { compared } = await runPage('docs/first-scenario.md', project.directory, masked);
  expect(compared).toBe(3);
  expect(await sandboxObjects()).toEqual([]);
});
