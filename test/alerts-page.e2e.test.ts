import { expect, test } from 'vitest';

import { runPage } from './support/run-page.ts';
import { sandboxObjects } from './support/sandbox-objects.ts';
import { createSmallProject } from './support/small-project.ts';

/** Times, numbers and versions differ between runs, and whether a late alert is still in the recording. */
function masked(text: string): string {
  return text
    .replaceAll(/^ *[▁▂▃▄▅▆▇█░!✓ ]{20,}.*$/gm, '…')
    .replaceAll(/\d+(?:\.\d+)?(?:\+\w+)?(?:-N)*/g, 'N')
    .replaceAll(/N-N-N/g, 'N')
    .replaceAll(/it (?:fires N \w+ later|does not fire in this recording)/g, 'it …')
    .replaceAll('timelines', 'timeline')
    .replaceAll(/(?:N [hms]\b ?)+/g, 'N ')
    .replaceAll(/ +/g, ' ')
    .trimEnd();
}

test('docs/alerts.md works as written and shows the real output', async () => {
  await using project = await createSmallProject();
  const { compared } = await runPage('docs/alerts.md', project.directory, masked);
  expect(compared).toBe(2);
  expect(await sandboxObjects()).toEqual([]);
});
