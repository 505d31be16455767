import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { assert as check, asyncProperty, string } from 'fast-check';
import { describe, expect, test } from 'vitest';

import { InputError } from '../kernel/errors.ts';
import { neverEnds } from './never-ends.ts';
import { parseRunbook } from './parse-runbook.ts';
import { readRunbook } from './read-runbook.ts';
import type { Runbook } from './runbook.ts';
import { findProcedure } from './select-procedure.ts';

const root = path.resolve(import.meta.dirname, '../..');
const own = path.join(root, 'runbooks/worker-failure.md');
/** The runbook of Drillbook's first users. It is not part of the project. */
const users = path.resolve(root, '../shared/runbooks/worker-failure-v1.0.md');

/** Checks that the file has every command's text at its location. */
async function misplaced(runbook: Runbook, text?: string): Promise<readonly string[]> {
  const lines = (text ?? (await readFile(runbook.file, 'utf8'))).split('\n');
  return runbook.procedures.flatMap(({ commands }) =>
    commands
      .filter(({ text: command, location }) => {
        const [first = ''] = command.split('\n');
        return !lines[location.line - 1]?.slice((location.column ?? 1) - 1).startsWith(first);
      })
      .map(({ text: command, location }) => `${location.line}:${location.column} ${command}`),
  );
}

describe('the project’s own runbook', () => {
  test('has its sections, blocks, thresholds, alert rules and versions', async () => {
    const runbook = await readRunbook(own);
    expect(runbook.sections.filter(({ number }) => /^\d+\.\d+$/.test(number)).map(({ number }) => number)).toEqual([
      ...[
        '1.1',
        '1.2',
        '2.1',
        '2.2',
        '3.1',
        '3.2',
        '3.3',
        '3.4',
        '4.1',
        '4.2',
        '4.3',
        '4.4',
        '5.1',
        '5.2',
        '5.3',
        '6.1',
        '6.2',
        '6.3',
        '6.4',
      ],
    ]);
    expect(runbook.procedures.filter(({ language }) => language === 'bash')).toHaveLength(24);
    expect(runbook.procedures.filter(({ language }) => language === 'card')).toHaveLength(3);
    expect(runbook.thresholds.map(({ metric, normal, alert }) => [metric, normal.text, alert.text])).toEqual([
      ['waiting', '< 1000', '> 5000'],
      ['active', '1-50', '> 100'],
      ['failed', '< 10/hour', '> 50/hour'],
      ['delayed', '< 500', '> 2000'],
      ['rate', '> 10 jobs/sec', '< 1 job/sec'],
    ]);
    expect(runbook.alertRules.map(({ name, for: duration }) => [name, duration])).toEqual([
      ['BullMQHighFailedJobs', '5m'],
      ['BullMQQueueBacklog', '10m'],
      ['BullMQManyActiveJobs', '5m'],
      ['BullMQManyDelayedJobs', '10m'],
      ['BullMQLowProcessingRate', '5m'],
      ['BullMQQueueStandsStill', '5m'],
    ]);
    expect(runbook).toMatchObject({ version: '1.1', repairs: [], declaredVersions: { redis: '8.4.0', bullmq: '5' } });
    expect(runbook.procedures.filter(({ syntaxError }) => syntaxError)).toEqual([]);
  });

  test('has every command at its location, and none that never ends', async () => {
    const runbook = await readRunbook(own);
    expect(await misplaced(runbook)).toEqual([]);
    expect(runbook.procedures.flatMap(({ commands }) => commands.filter(neverEnds))).toEqual([]);
  });
});

describe.skipIf(!existsSync(users))('the user’s runbook', () => {
  test('has every section, 16 blocks, 9 commands of the card, 5 threshold rows, 2 alert rules, each command at its location', async () => {
    const runbook = await readRunbook(users);
    expect(runbook.procedures.filter(({ language }) => language === 'bash')).toHaveLength(16);
    expect(runbook.procedures.filter(({ language }) => language === 'card')).toHaveLength(9);
    expect(runbook.thresholds).toHaveLength(5);
    expect(runbook.alertRules).toHaveLength(2);
    expect(runbook.sections.filter(({ number }) => number !== '').map(({ number }) => number)).toEqual([
      ...['1', '1.1', '1.2', '2', '2.1', '2.2', '3', '3.1', '3.2', '3.3', '3.4', '4', '4.1', '4.2', '4.3', '4.4'],
      ...['5', '5.1', '5.2', '5.3', '6', '6.1', '6.2', '6.3', '6.4'],
    ]);
    expect(await misplaced(runbook)).toEqual([]);
    expect(
      runbook.procedures.flatMap(({ commands }) => commands.filter(neverEnds)).map(({ location }) => location.line),
    ).toEqual([169]);
    expect(findProcedure(runbook, '3.2 > Solution > bash[1]').kind).toBe('found');
  });
});

const romanian = `# Manual

## 3. Scenarii

### 3.2 Coadă oprită

**Simptome:**

- joburile nu se procesează

**Diagnostic:**

\`\`\`bash
docker compose ps
\`\`\`

**Soluție:**

\`\`\`bash
echo "repornește"
\`\`\`
`;

describe('Romanian, and files saved in the wrong encoding', () => {
  test('gives Romanian labels their English name', async () => {
    const runbook = await parseRunbook(romanian, 'manual.md');
    expect(runbook.procedures.map(({ address }) => address)).toEqual([
      '3.2 > Diagnosis > bash[1]',
      '3.2 > Solution > bash[1]',
    ]);
    expect(findProcedure(runbook, '3.2 > Soluție > bash[1]')).toMatchObject({ kind: 'found' });
  });

  test('repairs UTF-8 that was read as Windows-1252 in memory, reports that, and keeps the positions of the file', async () => {
    const garbled = new TextDecoder('windows-1252').decode(new TextEncoder().encode(romanian));
    expect(garbled).toContain('SoluÈ›ie');
    const runbook = await parseRunbook(garbled, 'manual.md');
    expect(runbook.procedures[1]).toMatchObject({
      address: '3.2 > Solution > bash[1]',
      location: { file: 'manual.md', line: 20 },
    });
    expect(runbook.procedures[1]?.code).toContain('repornește');
    expect(runbook.repairs).toHaveLength(1);
    expect((await parseRunbook(romanian, 'manual.md')).repairs).toEqual([]);
  });
});

describe('selectors', () => {
  const text =
    '# R\n\n## 1. A\n\n### 1.1 B\n\n**Solution:**\n\n```bash\ntrue\n```\n\n```bash\nfalse\n```\n\n<!-- drillbook: id=drain -->\n\n```bash\nls\n```\n';
  const select = async (selector: string) => {
    const found = findProcedure(await parseRunbook(text, 'r.md'), selector);
    return found.kind === 'found' ? found.procedure.code.trim() : `${found.kind}: ${found.message}`;
  };

  test('find a block by number, label and ordinal, by heading, by `last`, and by id', async () => {
    expect(await select('1.1 > Solution > bash[1]')).toBe('true');
    expect(await select('B > Solution > bash[2]')).toBe('false');
    expect(await select('1.1 > bash[last]')).toBe('ls');
    expect(await select('#drain')).toBe('ls');
  });

  test('name the candidates if they match several blocks or none', async () => {
    expect(await select('1.1 > Solution')).toMatch(
      /^several: .*matches 3 blocks: 1\.1 > Solution > bash\[1\] \(r\.md:9\), /,
    );
    expect(await select('1.1 > Diagnosis')).toMatch(/^none: .*section 1\.1 has 1\.1 > Solution > bash\[1\]/);
    expect(await select('9.9')).toMatch(/^none: .*the runbook has/);
  });

  describe('count through a section', () => {
    const block = (command: string): string => `\n\`\`\`bash\n${command}\n\`\`\`\n`;
    const find = async (selector: string, ...parts: readonly string[]) => {
      const found = findProcedure(await parseRunbook(`# R\n\n## Full\n${parts.join('\n')}`, 'r.md'), selector);
      return found.kind === 'found' ? found.procedure.code.trim() : found.kind;
    };
    const parts = ['\n**Make room now:**\n', block('one'), block('two'), '\n**For good:**\n', block('three')];

    test('whose bold texts are no known labels', async () => {
      expect(await find('Full > bash[1]', ...parts)).toBe('one');
      expect(await find('Full > bash[3]', ...parts)).toBe('three');
      expect(await find('Full > bash[last]', ...parts)).toBe('three');
      expect(await find('Full > For good > bash[1]', ...parts)).toBe('three');
      expect(await find('Full > bash[4]', ...parts)).toBe('none');
    });

    test('unless a block there has a known label, or the number is left out', async () => {
      expect(await find('Full > bash[1]', ...parts, '\n**Verification:**\n', block('four'))).toBe('several');
      expect(await find('Full > bash', ...parts)).toBe('several');
      expect(await find('bash[1]', ...parts, '\n## Empty\n', block('four'))).toBe('several');
    });

    test('and never through several sections', async () => {
      expect(await find('Full > bash[3]', ...parts.slice(0, 2), '\n### Half full\n', block('x'), block('y'))).toBe(
        'none',
      );
    });
  });
});

test('any text gives a runbook or an error with a position', async () => {
  await check(
    asyncProperty(string({ unit: 'grapheme', maxLength: 300 }), async (noise) => {
      const outcome = await parseRunbook(`# R\n\n## 1. A\n\n${noise}\n`, 'r.md').catch((error: unknown) => error);
      expect(outcome instanceof InputError ? outcome.location?.file : (outcome as Runbook).file).toBe('r.md');
    }),
    { numRuns: 200 },
  );
});
