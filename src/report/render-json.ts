import { runReportSchema, type RunReport } from '../verdict/run-report.ts';

/** The report as `report.json` holds it; keys in the order of the published schema. */
export function renderJson(report: RunReport): string {
  return `${JSON.stringify(runReportSchema.parse(report), undefined, 2)}\n`;
}
