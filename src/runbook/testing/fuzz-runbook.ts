import { readdirSync, readFileSync } from 'node:fs';

import { array, constantFrom, nat, oneof, string, tuple, uint8Array, type Arbitrary } from 'fast-check';

import { InputError, type Location } from '../../kernel/errors.ts';
import type { FuzzTarget } from '../../kernel/testing/fuzz-worker.ts';
import { mutations } from '../../kernel/testing/mutate.ts';
import { locateInExpr } from '../map-scalar.ts';
import { neverEnds } from '../never-ends.ts';
import { parseRunbook } from '../parse-runbook.ts';
import type { Runbook } from '../runbook.ts';
import { findProcedure } from '../select-procedure.ts';

const root = new URL('../../../', import.meta.url);
const broken = new URL('fixtures/runbooks-broken/', root);
const documents = [
  readFileSync(new URL('runbooks/worker-failure.md', root), 'utf8'),
  readFileSync(new URL('fixtures/small-fleet/runbook.md', root), 'utf8'),
  ...readdirSync(broken, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => readFileSync(new URL(name, broken), 'utf8')),
];

/** A part of a real document, so that most inputs are short and their mutations are close together. */
const stretches = tuple(constantFrom(...documents), nat(), nat(4000)).map(([text, from, length]) => {
  const lines = text.split('\n');
  return lines.slice(from % lines.length, (from % lines.length) + 5 + (length % 80)).join('\n');
});

const words = constantFrom(
  'docker compose logs -f',
  'a',
  '<queue>',
  '$1',
  '"',
  "'",
  '`',
  '$(',
  ')',
  '((',
  '))',
  '${',
  '}',
  '<<EOF',
  '<<-"E"',
  'EOF',
  '|',
  '||',
  '&&',
  '&',
  ';',
  '!',
  '#',
  '\n',
  '\\\n',
  'if',
  'then',
  'fi',
  'case x in',
  'esac',
  'while',
  'do',
  'done',
  'f() {',
  '2>&1',
  '>',
  '<(',
  '[[',
  ']]',
  'x=1',
  'tail -f',
  'watch',
  'sudo',
);
const shell = array(words, { maxLength: 60 }).map(
  (list) => `# t\n\n## 1 s\n\n**Solution:**\n\n\`\`\`bash\n${list.join(' ')}\n\`\`\`\n`,
);

const cells = constantFrom(
  '< 1000',
  '1-50',
  '< 10/hour',
  '> 10 jobs/sec',
  '1.000',
  '≤ 5k',
  '',
  '1 000 000',
  '> ',
  '5-1',
  '\\|',
  '`< 5`',
  '**1**',
  '1e9',
  '-1',
  '≥ 5k for 2 min',
  '> 5 for',
);
const thresholds = array(
  tuple(
    constantFrom('Waiting jobs', 'Active', 'Failed', 'Delayed', 'Processing rate', 'Failure rate', 'x', ''),
    oneof(cells, string({ unit: 'binary', maxLength: 30 })),
    cells,
  ),
  { maxLength: 6 },
).map(
  (rows) =>
    `# t\n\n## 1 s\n\n| Metric | Normal Range | Alert Threshold |\n|---|---|---|\n${rows.map((row) => `| ${row.join(' | ')} |`).join('\n')}\n`,
);

const yaml = array(
  constantFrom(
    '- alert: A',
    '  alert: B',
    '  expr: up',
    '  expr: [a',
    '  for: 5m',
    '  for: x',
    '  labels:',
    '    severity: page',
    '  labels: *a',
    '- &a',
    '- *a',
    '  ? [a]',
    'groups:',
    '- name: g',
    '  rules:',
    '  - alert: C',
    '    expr: 1.0',
    '---',
    '  __proto__: x',
    '  <<: *a',
    '  record: r',
    '  annotations: !!js x',
    '\t',
    '  expr: |',
    '    multi',
  ),
  { maxLength: 14 },
).map((lines) => `# t\n\n## 1 s\n\n\`\`\`yaml\n${lines.join('\n')}\n\`\`\`\n`);

const annotations = array(
  constantFrom(
    'id=a',
    'id=',
    'skip="why"',
    'skip="a\\"b',
    'timeout=90s',
    `timeout=${'9'.repeat(400)}h`,
    'answers="y,\\,n"',
    'expect-exit=256',
    'expect-exit=1',
    '=',
    '"',
    '\n',
    '-->',
    'drillbook:',
    '\\',
  ),
  { maxLength: 6 },
).map((pairs) => `# t\n\n## 1 s\n\n<!-- drillbook: ${pairs.join(' ')} -->\n\`\`\`bash\nls\n\`\`\`\n`);

const fences = tuple(
  constantFrom('', 'console', 'shell-session', 'zsh', 'text', 'python', 'yaml'),
  constantFrom('', '    ', '- ', '> ', '<details>\n'),
  array(
    constantFrom(
      '$ docker compose ps',
      '# redis-cli ping',
      'ops@host:~$ curl -s http://x',
      '> cat',
      '>',
      'docker compose up \\',
      'NAME  STATUS',
      '$ echo "a',
      'b"',
      "$ cat <<'E'",
      'E',
      'ps aux | grep x',
      '```',
      '```bash',
      '## 2 more',
      '\t$ jq .',
      '',
    ),
    { maxLength: 10 },
  ),
).map(
  ([tag, before, lines]) => `# t\n\n## 1 s\n\n${before}\`\`\`${tag}\n${lines.join('\n')}\n\`\`\`\n\n\`docker ps\`\n`,
);

const texts: Arbitrary<string> = oneof(
  { weight: 6, arbitrary: mutations(stretches) },
  { weight: 1, arbitrary: constantFrom(...documents) },
  { weight: 3, arbitrary: shell },
  { weight: 2, arbitrary: mutations(thresholds) },
  { weight: 2, arbitrary: mutations(yaml) },
  { weight: 1, arbitrary: mutations(annotations) },
  { weight: 2, arbitrary: mutations(fences) },
  { weight: 1, arbitrary: string({ unit: 'binary', maxLength: 300 }) },
);

const latin1 = (text: string): Uint8Array => Buffer.from(text, 'latin1');
const utf16 = (text: string): Uint8Array => Buffer.from(`\ufeff${text}`, 'utf16le');
/** UTF-8 read as Latin-1 and saved as UTF-8. */
const twice = (text: string): Uint8Array => Buffer.from(Buffer.from(text).toString('latin1'));

const inputs: Arbitrary<string | Uint8Array> = oneof(
  { weight: 10, arbitrary: texts },
  { weight: 2, arbitrary: tuple(texts, constantFrom(latin1, utf16, twice)).map(([text, encode]) => encode(text)) },
  { weight: 1, arbitrary: uint8Array({ maxLength: 400 }) },
);

const file = 'r.md';

/** Any bytes give a runbook with unique addresses and positions in the file, or an InputError with a position. */
const runbook: FuzzTarget<string | Uint8Array> = {
  inputs,
  async check(input) {
    try {
      examine(await parseRunbook(input, file));
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      examinePlace(error.location, Infinity);
    }
  },
};
export const targets = { runbook };

function examine(read: Runbook): void {
  JSON.stringify(read.facts());
  const addresses = [...read.procedures, ...read.refused].map(({ address }) => address);
  if (new Set(addresses).size !== addresses.length) throw new Error(`not unique: ${addresses.join(', ')}`);
  for (const procedure of read.procedures) {
    // A command of the card can be anywhere in its fence.
    const lastLine = procedure.language === 'card' ? Infinity : procedure.fenceLine + procedure.code.split('\n').length;
    examinePlace(procedure.location, lastLine);
    if (procedure.syntaxError) examinePlace(procedure.syntaxError.location, lastLine);
    for (const command of procedure.commands) {
      examinePlace(command.location, lastLine);
      neverEnds(command);
    }
    findProcedure(read, procedure.address);
  }
  for (const { location } of [...read.thresholds, ...read.alertRules, ...read.alertProblems, ...read.notUnderstood])
    examinePlace(location, Infinity);
  for (const rule of [...read.alertRules, ...read.recordingRules])
    for (const offset of rule.expr.split('').keys()) examinePlace(locateInExpr(rule, offset), Infinity);
}

function examinePlace(location: Location | undefined, lastLine: number): void {
  const { line = 0, column = 1, endLine = line } = location ?? {};
  const whole = [line, column, endLine].every((number) => Number.isInteger(number) && number >= 1);
  if (location?.file !== file || !whole || endLine < line || line > lastLine)
    throw new Error(`no place in the file: ${JSON.stringify(location)}`);
}
