import { writeFile } from 'node:fs/promises';
import { z } from 'zod';

import { debriefSchema } from '../src/verdict/drill/debrief.ts';
import { runReportSchema } from '../src/verdict/run-report.ts';

const schemas = { 'report.schema.json': runReportSchema, 'debrief.schema.json': debriefSchema } as const;

/** What each file of `schema/` must hold. `node schema/generate.ts` writes them. */
export function schemaTexts(): Readonly<Record<keyof typeof schemas, string>> {
  const texts = Object.entries(schemas).map(([name, schema]) => [
    name,
    `${JSON.stringify(z.toJSONSchema(schema), undefined, 2)}\n`,
  ]);
  return Object.fromEntries(texts) as Record<keyof typeof schemas, string>;
}

if (import.meta.main)
  for (const [name, text] of Object.entries(schemaTexts())) await writeFile(new URL(name, import.meta.url), text);
