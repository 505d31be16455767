import type { Range, ThresholdMetric, ThresholdRow } from '../history/events.ts';
import { InputError, type Location } from '../kernel/errors.ts';
import { reasonOf } from '../kernel/reason-of.ts';
import { parseRange } from '../runbook/parse-range.ts';
import type { Config } from '../config/define-config.ts';

/**
 * Parses the thresholds of the configuration into the same rows as those of the runbook, so that the two can be
 * compared.
 * @throws InputError (`CONFIG_THRESHOLD`) for text that is not a range
 */
export function pinThresholds(pins: Config['thresholds'], file: string): readonly ThresholdRow[] {
  return Object.entries(pins).map(([name, { normal, alert }]) => {
    const metric = name as ThresholdMetric;
    const location = { file, line: 1 };
    return { metric, normal: readPin(normal, metric, location), alert: readPin(alert, metric, location), location };
  });
}

function readPin(text: string, metric: ThresholdMetric, location: Location): Range {
  try {
    return parseRange(text, metric);
  } catch (cause) {
    throw new InputError(`thresholds.${metric}: \`${text}\` is not a range: ${reasonOf(cause)}`, {
      code: 'CONFIG_THRESHOLD',
      location,
      next: 'write it as in the runbook, e.g. "< 1000" or "1-50"',
      cause,
    });
  }
}
