import path from 'node:path';

import { createMetricsWriter, type MetricsWriter } from '../history/metrics-writer.ts';
import { metricsName } from '../history/file-names.ts';
import type { HistoryWriter } from '../history/writer.ts';
import type { VerifyOptions } from './verify-options.ts';

/** Starts the recording of the fleet's metrics beside the run's history. If it breaks off, the history has a note. */
export function openMetrics(
  { reportDir, runId, project }: Pick<VerifyOptions, 'reportDir' | 'runId' | 'project'>,
  history: HistoryWriter,
): MetricsWriter {
  return createMetricsWriter(
    path.join(reportDir, metricsName),
    { run: runId, intervalMs: project.config.metrics.scrapeInterval },
    (reason) => history.emit({ type: 'note', message: `the metrics are not recorded any more: ${reason}` }),
  );
}
