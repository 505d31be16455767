import { expect, test } from 'vitest';

import { readVersions } from './versions.mjs';

test.each([
  [['verify', '--bullmq', '5.66.5'], ['5.66.5']],
  [['verify', '--bullmq=5.66.5', '--keep'], ['5.66.5']],
  [
    ['versions', '--bullmq', '5.66.5', '6.1.0', '--redis', '8.0.2'],
    ['5.66.5', '6.1.0'],
  ],
  [
    ['versions', '--bullmq', '5.66.5', '--only', 'api-down', '--bullmq', '6.1.0'],
    ['5.66.5', '6.1.0'],
  ],
  [['verify', '--bullmq', 'newest'], []],
  [['verify', '--bullmq'], []],
  [['verify'], []],
  [['--run', 'tool', '--bullmq', '5.66.5'], []],
])('%j names the versions %j', (words, versions) => {
  expect(readVersions(words, '--bullmq')).toEqual(versions);
});
