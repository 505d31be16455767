import { parseRunbook } from '../../runbook/parse-runbook.ts';
import { mutateRunbook } from '../mutate-runbook.ts';
import type { Mutant } from '../mutant.ts';

/** The names of the small fleet in the tests. */
const fleet = { queues: ['mail.send', 'mail.track'], services: ['mail', 'bill', 'cart'] };

/** The mutants that these operators make of a runbook with one block, whose first line is line 6. */
export async function mutantsOf(
  code: string,
  ...operators: readonly string[]
): Promise<readonly (Mutant & { readonly block: string })[]> {
  const text = `# R\n\n## 1. Mail\n\n\`\`\`bash\n${code}\n\`\`\`\n`;
  const all = await mutateRunbook(text, await parseRunbook(text, 'r.md'), fleet);
  return all
    .filter(({ operator }) => operators.includes(operator))
    .map((mutant) => ({ ...mutant, block: /```bash\n([^]*)\n```/.exec(mutant.text)?.[1] ?? '' }));
}

/** The same in short: each id with the line that changed. */
export async function changesOf(code: string, ...operators: readonly string[]): Promise<readonly string[]> {
  return (await mutantsOf(code, ...operators)).map(({ id, after }) => `${id} ${after}`);
}

/** A block that runs these lines in node. They begin in line 7. */
export function inNode(...lines: readonly string[]): string {
  return ["docker compose exec -T api node -e '", ...lines, "'"].join('\n');
}
