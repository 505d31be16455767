import { expect, test } from 'vitest';

import { describeVersions } from './run-versions.ts';

test.each([
  [{ bullmq: '5.66.5' }, 'bullmq 5.66.5'],
  [{ redis: '8.0.2' }, 'redis 8.0.2'],
  [{ bullmq: '5.66.5', redis: '8.0.2' }, 'bullmq 5.66.5, redis 8.0.2'],
  [{}, 'as set up'],
])('%j is named "%s"', (versions, name) => {
  expect(describeVersions(versions)).toBe(name);
});
