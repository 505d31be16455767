import type { ThresholdRow } from '../history/events.ts';
import { InputError } from '../kernel/errors.ts';
import { parseRange } from '../runbook/parse-range.ts';
import type { Config } from '../scenario/define-config.ts';

/** The thresholds of the configuration in the form of the runbook's own, so that the two can be compared. */
export function pinThresholds(pins: Config['thresholds'], file: string): readonly ThresholdRow[] {
  return Object.entries(pins).map(([metric, { normal, alert }]) => {
    const read = (text: string) => {
      const range = parseRange(text);
      if (range) return range;
      throw new InputError(`thresholds.${metric}: "${text}" is not a range`, {
        code: 'INPUT_INVALID',
        location: { file, line: 1 },
        next: 'write it as the runbook does, e.g. "< 1000" or "1-50"',
      });
    };
    return { metric: metric as ThresholdRow['metric'], normal: read(normal), alert: read(alert), location: { file, line: 1 } };
  });
}
