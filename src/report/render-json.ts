import { runReportSchema, type RunReport } from '../verdict/run-report.ts';

/** The text of `report.json`, with the keys in the order of the published schema. */
export function renderJson(report: RunReport): string {
  return `${harmless(JSON.stringify(runReportSchema.parse(report), undefined, 2))}\n`;
}

/** Escapes what could control a terminal or a CI runner. The parsed values stay the same. */
function harmless(json: string): string {
  return json
    .replaceAll('##[', '#\\u0023[')
    .replace(
      /[\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
}
