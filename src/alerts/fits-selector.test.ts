import { expect, test } from 'vitest';

import { mayFit } from './fits-selector.ts';
import { inspectExpr } from './inspect-expr.ts';

const series = { name: 'jobs', labels: { queue: 'a.b', state: 'waiting' }, kind: 'gauge', points: [] } as const;

test.for([
  ['jobs', true],
  ['other', false],
  ['jobs{state="waiting"}', true],
  ['jobs{state="failed"}', false],
  ['jobs{state!="waiting"}', false],
  ['jobs{state=~"waiting|paused"}', true],
  ['jobs{state=~"wait"}', false],
  ['jobs{state!~"wait.*"}', false],
  ['jobs{absent=""}', true],
  ['jobs{absent!=""}', false],
  ['{queue="a.b"}', true],
  ['{__name__=~"other.*"}', true],
  // JavaScript does not know this flag, so the series stays.
  ['jobs{state=~"(?i)FAILED"}', true],
] as const)('%s: %s', ([expr, expected]) => {
  const [selector] = inspectExpr(expr).selectors;
  expect(selector && mayFit(selector, series)).toBe(expected);
});
