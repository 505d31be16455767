import { z } from 'zod';

import { thresholdMetrics, type Claim, type ThresholdMetric } from '../history/events.ts';
import { isWithin } from '../record/ranges.ts';
import type { Moment } from '../record/timeline.ts';
import { defineClaim } from './claim.ts';
import { isKnown } from './queue-figures.ts';

/** Over how long a rate is taken, sandbox ms. */
const rateSpanMs = 30_000;
/** A record shorter than this shows no rate, sandbox ms. */
const leastRateSpanMs = 10_000;

const bound = z.object({ value: z.number(), inclusive: z.boolean() });
const range = z.object({ text: z.string(), min: bound.exactOptional(), max: bound.exactOptional() });
/** What the claim reads of the runbook's row; the history holds all of it. */
const threshold = z.object({ metric: z.enum(thresholdMetrics), alert: range });

/** The fleet as a whole has crossed the alert threshold that the runbook states for a metric. */
export const overThreshold = defineClaim({
  name: 'over-threshold',
  // Older scenarios and recordings call it `alert`.
  spec: z.strictObject({ claim: z.literal(['over-threshold', 'alert']), metric: z.enum(thresholdMetrics) }),
  recorded: z.object({ threshold }),
  momentary: false,
  bind({ metric }, names) {
    const found = names.threshold(metric);
    return 'selector' in found ? found : { threshold: found };
  },
  text: ({ metric }, { threshold: { alert } }) => `the alert threshold of \`${metric}\` (${alert.text}) is crossed`,
  holds(claim, moments) {
    const now = moments.at(-1);
    return now?.redisUp && now.rows ? crosses(claim.threshold, now, moments) : undefined;
  },
});

/** The metric whose row of the thresholds table the claim asserts. Undefined for a claim about something else. */
export function assertedMetric(claim: Claim): ThresholdMetric | undefined {
  return asserting.safeParse(claim).data?.threshold.metric;
}

const asserting = z.object({ claim: overThreshold.spec.shape.claim, threshold });

/** `failed` is extrapolated to an hour and `rate` is per second, both over the last `rateSpanMs`. */
function crosses(
  { metric, alert }: z.infer<typeof threshold>,
  now: Moment,
  moments: readonly Moment[],
): boolean | undefined {
  const { totals } = now;
  if (metric === 'waiting') return isWithin(alert, totals.backlog);
  if (metric === 'active' || metric === 'delayed') return isWithin(alert, totals[metric]);
  const before = moments.find((moment) => isKnown(moment) && moment.s >= now.s - rateSpanMs);
  if (!before || now.s - before.s < leastRateSpanMs) return undefined;
  const perSecond = (figure: 'completed' | 'failures'): number =>
    ((totals[figure] - before.totals[figure]) * 1000) / (now.s - before.s);
  return isWithin(alert, metric === 'rate' ? perSecond('completed') : perSecond('failures') * 3600);
}
