/**
 * The entry `drillbook/report`, for programs that read a `report.json`.
 *
 * @example
 * import { readFile } from 'node:fs/promises';
 * import { runReportSchema } from 'drillbook/report';
 *
 * const report = runReportSchema.parse(JSON.parse(await readFile('reports/20261124-101500-4711/report.json', 'utf8')));
 * for (const { id, verdict } of report.scenarios) console.log(id, verdict);
 */
export {
  runReportSchema,
  type Check,
  type Finding,
  type RunReport,
  type ScenarioReport,
} from './verdict/run-report.ts';
