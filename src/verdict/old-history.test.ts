import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { readHistory } from '../history/reader.ts';
import { judge } from './judge.ts';
import type { RunReport } from './run-report.ts';

/**
 * A scenario of a real run that was recorded before version 2. Its sink has the effect of a job of the arm before. Only
 * the form of that job's id shows that Drillbook gave it: `poison-payloads-control-1451`.
 */
const recorded = path.resolve(import.meta.dirname, '../../fixtures/histories/version-1.jsonl.gz');

let folder = '';
let text = '';
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'drillbook-history-'));
  text = gunzipSync(await readFile(recorded)).toString('utf8');
});
afterAll(() => rm(folder, { recursive: true }));

async function judgeText(history: string): Promise<RunReport> {
  const file = path.join(folder, 'history.jsonl');
  await writeFile(file, history);
  return judge(readHistory(file));
}

test('a history of version 1 has the verdict that it had when it was recorded', async () => {
  const { verdict, scenarios, checks } = await judgeText(text);
  expect(checks.filter((check) => check.verdict !== 'pass')).toEqual([]);
  expect(scenarios).toMatchObject([{ id: 'priorities', verdict: 'pass', ledger: { added: 0, lost: 0, whole: true } }]);
  expect(verdict).toBe('pass');
});

test('only a history of version 1 takes the form of an id as proof', async () => {
  expect(text).toContain('"poison-payloads-control-1451"');
  const { scenarios } = await judgeText(text.replace('"historyVersion":1', '"historyVersion":2'));
  expect(scenarios).toMatchObject([{ id: 'priorities', verdict: 'fail', ledger: { added: 1, lost: 0 } }]);
});
