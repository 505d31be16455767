import type { Range, RunbookFacts, RunStarted, ThresholdRow } from '../../history/events.ts';
import type { Check, Finding } from '../run-report.ts';
import { compareRanges, isReadable } from '../../record/ranges.ts';
import { statesNoThresholds } from '../thresholds.ts';
import { fail, inconclusive, isNonEmpty, pass } from './check.ts';

const id = 'oracle';

/**
 * The runbook's thresholds define what healthy is, so a runbook that loosens them could pass with anything. They are
 * compared with the thresholds that the configuration pins. A tighter threshold passes. A threshold that the runbook
 * states and Drillbook cannot read counts as missing. If no pin replaces it, nothing says what healthy is. For a
 * runbook about something else than the queues, the pins say it.
 */
export function checkOracle(run: RunStarted): Check {
  const { runbook, pinnedThresholds } = run;
  if (pinnedThresholds.length > 0 && statesNoThresholds(run))
    return pass(id, `the runbook states no thresholds, so the ${pinnedThresholds.length} agreed ones hold`);
  const findings = pinnedThresholds.flatMap((pin) => compareRow(pin, runbook));
  if (isNonEmpty(findings)) return fail(id, findings);
  if (pinnedThresholds.length === 0)
    return inconclusive(
      id,
      'the configuration pins no thresholds, so a runbook that loosens its own goes unnoticed; set `thresholds`',
    );
  const unread = (runbook.notUnderstood ?? []).filter(({ threshold }) => threshold !== undefined);
  if (unread.length > 0)
    return inconclusive(
      id,
      'the runbook has a threshold that cannot be read, and the configuration pins none in its place; correct the row',
      unread.map(({ message, location }) => ({ message, location })),
    );
  return pass(id, `none of the ${pinnedThresholds.length} agreed thresholds was loosened`);
}

function compareRow(pin: ThresholdRow, { thresholds, notUnderstood, file }: RunbookFacts): readonly Finding[] {
  const row = thresholds.find(({ metric }) => metric === pin.metric);
  if (!row) {
    const unread = notUnderstood?.find(({ threshold }) => threshold === pin.metric);
    const problem = unread?.message ?? `the runbook no longer states a threshold for \`${pin.metric}\``;
    const message = `${problem} (agreed: ${pin.normal.text})`;
    return [{ message, location: unread?.location ?? { file, line: 1 } }];
  }
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
  // Of two levels of an alert, the earlier one is often the agreed one.
  if (cell === 'alert' && row.warning && compareRanges(agreed, row.warning) !== loosened) return [];
  return [
    {
      message: `the oracle moved: the ${what} of \`${row.metric}\` was loosened from ${agreed.text} to ${now.text}`,
      location,
    },
  ];
}
