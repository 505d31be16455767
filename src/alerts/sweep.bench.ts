/** What a sweep costs beside one evaluation of the left side: 100 settings of a rule on 60 series, an hour long. */
import { expect, test } from 'vitest';

import { evaluateChanges } from './evaluate-changes.ts';
import { sweepRule } from './sweep.ts';
import { requirePromtool } from './testing/promtool.ts';
import { recordedArm } from './testing/recorded-arm.ts';
import { ruleOf } from './testing/rule.ts';

const promtool = requirePromtool();
const hour = 3600;

/** A queue grows while the fault lasts, each at its own rate. */
function levelOf(queue: number): (second: number) => number {
  return (second) => {
    const noise = ((second * (queue + 7) * 7919) % 401) + 100;
    return noise + (second > 1200 && second < 3000 ? (second - 1200) * (0.5 + queue / 10) : 0);
  };
}

const queues = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`queue-${index}`, levelOf(index)]));
const arm = recordedArm('backlog', { untilS: hour, onsetS: 1200, overS: 3000 }, queues);
const rule = ruleOf('jobs > 5000', { for: '5m' });
const [threshold, wait] = [
  { from: 500, to: 10_000 },
  { from: 60_000, to: 900_000 },
];

test('100 settings of a rule', async ({ bench }) => {
  const results = await bench.compare(
    bench('the left side, once', async () => {
      const [result] = await evaluateChanges(promtool, arm.segment, [{ expr: 'jobs', intervalMs: 60_000 }]);
      expect(result).toHaveProperty('stepMs', 1000);
    }),
    bench('the sweep', async () => {
      const source = { promtool, arms: [arm], evaluationMs: 60_000, scrapeMs: 15_000, expectations: [] };
      const { pairs, confirmed } = await sweepRule({ ...source, rule, threshold, wait, steps: 10, seed: 1 });
      expect([pairs.length, confirmed > 1]).toEqual([100, true]);
    }),
    { iterations: 3, time: 0, warmup: false },
  );
  expect(results).toBeDefined();
});
