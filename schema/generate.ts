import { writeFile } from 'node:fs/promises';
import { z } from 'zod';

import { runReportSchema } from '../src/verdict/run-report.ts';

/** What `schema/report.schema.json` must hold. `node schema/generate.ts` writes it. */
export function reportSchemaText(): string {
  return `${JSON.stringify(z.toJSONSchema(runReportSchema), undefined, 2)}\n`;
}

if (import.meta.main) await writeFile(new URL('report.schema.json', import.meta.url), reportSchemaText());
