import type { Range, RunStarted, ThresholdRow } from '../../history/events.ts';
import type { Check, Finding } from '../run-report.ts';
import { compareRanges, isReadable } from '../../record/ranges.ts';
import { fail, inconclusive, isNonEmpty, pass } from './check.ts';

const id = 'oracle';

/**
 * The runbook's thresholds define what healthy is, so a runbook that loosens them could pass with anything. They are
 * compared with the thresholds that the configuration pins. A tighter threshold passes.
 */
export function checkOracle({ runbook, pinnedThresholds }: RunStarted): Check {
  const findings = pinnedThresholds.flatMap((pin) =>
    compareRow(
      pin,
      runbook.thresholds.find(({ metric }) => metric === pin.metric),
      runbook.file,
    ),
  );
  if (isNonEmpty(findings)) return fail(id, findings);
  if (pinnedThresholds.length === 0)
    return inconclusive(
      id,
      'the configuration pins no thresholds, so a runbook that loosens its own goes unnoticed; set `thresholds`',
    );
  return pass(id, `none of the ${pinnedThresholds.length} agreed thresholds was loosened`);
}

function compareRow(pin: ThresholdRow, row: ThresholdRow | undefined, file: string): readonly Finding[] {
  if (!row)
    return [
      {
        message: `the runbook no longer states a threshold for \`${pin.metric}\` (agreed: ${pin.normal.text})`,
        location: { file, line: 1 },
      },
    ];
  return [
    ...compareCell('normal range', pin, row, 'normal', 'wider'),
    // An alert threshold that covers less fires later.
    ...compareCell('alert threshold', pin, row, 'alert', 'narrower'),
  ];
}

function compareCell(
  what: string,
  pin: ThresholdRow,
  row: ThresholdRow,
  cell: 'normal' | 'alert',
  loosened: 'wider' | 'narrower',
): readonly Finding[] {
  const [agreed, now]: readonly Range[] = [pin[cell], row[cell]];
  const { location } = row;
  if (!agreed || !now || !isReadable(now))
    return [{ message: `the ${what} of \`${row.metric}\` cannot be read: ${now?.text ?? ''}`, location }];
  if (compareRanges(agreed, now) !== loosened) return [];
  return [
    {
      message: `the oracle moved: the ${what} of \`${row.metric}\` was loosened from ${agreed.text} to ${now.text}`,
      location,
    },
  ];
}
