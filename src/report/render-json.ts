import { runReportSchema, type RunReport } from '../verdict/run-report.ts';

/** The report as `report.json` holds it; keys in the order of the published schema. */
export function renderJson(report: RunReport): string {
  return `${harmless(JSON.stringify(runReportSchema.parse(report), undefined, 2))}\n`;
}

/** The same values, written so that printing them steers neither a terminal nor a CI runner. */
function harmless(json: string): string {
  return json
    .replaceAll('##[', '#\\u0023[')
    .replace(
      /[\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
}
