import type { RunStarted } from '../history/events.ts';
import type { MetricsWriter } from '../history/metrics-writer.ts';
import type { HistoryWriter } from '../history/writer.ts';
import type { RecordedControls } from './reuse/recorded-controls.ts';
import type { VerifyOptions } from './verify-options.ts';

/** The run that a scenario is part of, and the history that it is recorded in. */
export interface RunContext {
  readonly options: VerifyOptions;
  readonly run: RunStarted;
  readonly history: HistoryWriter;
  /** What the scrapes of the fleet's metrics go to. */
  readonly metrics: MetricsWriter;
  /** Control arms of earlier runs; undefined if none may be reused. */
  readonly controls?: RecordedControls | undefined;
}
