import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

import type { HistoryEvent } from '../history/events.ts';
import { processStart } from '../kernel/process-start.ts';
import { takeLease, writeLease } from '../sandbox/lease.ts';
import { runReportSchema } from '../verdict/run-report.ts';
import { debriefSchema } from '../verdict/drill/debrief.ts';
import { recordDrill } from '../verdict/testing/record-drill.ts';
import { recordRun } from '../verdict/testing/record-run.ts';
import { findOpenRuns, finishDeadRuns } from './finish-dead-runs.ts';

let project = '';
beforeEach(async () => void (project = await mkdtemp(path.join(tmpdir(), 'drillbook-runs-'))));
afterEach(() => rm(project, { recursive: true }));

const textOf = (events: readonly HistoryEvent[]): string =>
  events.map((event) => `${JSON.stringify(event)}\n`).join('');
const events = recordRun();
const reports = ['junit.xml', 'report.html', 'report.json', 'summary.md'];
const deadDraft = '.junit.xml.draft-4194305-1-1';

/** Makes the folder of a run. Its lease belongs to a dead process unless `owner` says otherwise. */
async function leave(
  files: Readonly<Record<string, string>>,
  owner: 'dead' | 'living' | 'elsewhere' | 'none' = 'dead',
): Promise<string> {
  const directory = path.join(project, 'reports', '20260131-235959-4711');
  await mkdir(directory, { recursive: true });
  const lease = takeLease(project, 'verify');
  const changes = { dead: { pidStart: '1' }, living: {}, elsewhere: { bootId: 'b', machineId: 'm' } };
  if (owner !== 'none') await writeLease(directory, { ...lease, owner: { ...lease.owner, ...changes[owner] } });
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(directory, name), text);
  return directory;
}

const reportIn = async (directory: string) =>
  runReportSchema.parse(JSON.parse(await readFile(path.join(directory, 'report.json'), 'utf8')));

test('a dead run gets its reports, and its history stays as it was', async () => {
  const text = textOf(events.slice(0, 20)) + '{"seq":20,"t":';
  const directory = await leave({ 'history.jsonl': text, 'redis.log': 'log' });
  expect(await finishDeadRuns(project)).toEqual([{ directory, outcome: 'judged' }]);
  expect(await readdir(directory)).toEqual(['history.jsonl', 'redis.log', ...reports].toSorted());
  expect(await readFile(path.join(directory, 'history.jsonl'), 'utf8')).toBe(text);
  expect((await reportIn(directory)).verdict).toBe('inconclusive');
  expect(await finishDeadRuns(project)).toEqual([]);
});

test('a dead drill gets its debrief, which holds nothing against the player', async () => {
  const drilled = recordDrill();
  const directory = await leave({ 'history.jsonl': textOf(drilled.slice(0, drilled.length - 60)) });
  expect(await finishDeadRuns(project)).toEqual([{ directory, outcome: 'judged' }]);
  const debrief = debriefSchema.parse(JSON.parse(await readFile(path.join(directory, 'debrief.json'), 'utf8')));
  expect(debrief).toMatchObject({ outcome: 'inconclusive', seal: { opened: null } });
  expect(await finishDeadRuns(project)).toEqual([]);
});

test('half-written reports of a dead run are written again, in whole', async () => {
  const directory = await leave({ 'history.jsonl': textOf(events), 'report.json': '{}', [deadDraft]: '<testsui' });
  expect(await finishDeadRuns(project)).toEqual([{ directory, outcome: 'judged' }]);
  expect(await readdir(directory)).toEqual(['history.jsonl', ...reports].toSorted());
  expect(await reportIn(directory)).toMatchObject({ verdict: 'pass', scenarios: [{ id: 'queue-paused' }] });
});

test.each([
  ['neither history nor reports', {}],
  ['an empty history', { 'history.jsonl': '' }],
  ['half a first line', { 'history.jsonl': '{"seq":0,"t":0.4', [deadDraft]: '' }],
])('a dead run that left %s is removed', async (_, files) => {
  const directory = await leave(files);
  expect(await finishDeadRuns(project)).toEqual([{ directory, outcome: 'removed' }]);
  expect(await readdir(path.join(project, 'reports'))).toEqual([]);
});

test('a file of another program in the folder of a dead run stays', async () => {
  const directory = await leave({ 'history.jsonl': '', 'notes.txt': 'mine' });
  expect(await finishDeadRuns(project)).toEqual([{ directory, outcome: 'removed' }]);
  expect(await readdir(directory)).toEqual(['notes.txt']);
});

test('a history that cannot be read stays, unjudged, and is reported once', async () => {
  const [first, second] = [events.slice(0, 1), events.slice(2, 3)];
  const directory = await leave({ 'history.jsonl': textOf([...first, ...second]) });
  expect(await finishDeadRuns(project)).toEqual([{ directory, outcome: 'unreadable' }]);
  expect(await readdir(directory)).toEqual(['history.jsonl']);
  expect(await finishDeadRuns(project)).toEqual([]);
});

test.each(['living', 'elsewhere'] as const)('a run whose owner is %s is not touched', async (owner) => {
  const files = { 'history.jsonl': textOf(events.slice(0, 20)) };
  const directory = await leave(files, owner);
  expect(await findOpenRuns(project)).toMatchObject([{ state: owner === 'living' ? 'living' : 'unknown' }]);
  expect(await finishDeadRuns(project)).toEqual([]);
  expect(await readdir(directory)).toEqual(['history.jsonl', 'lease.json']);
});

test('a folder without a lease is not touched: its run has finished, or it is no run', async () => {
  const directory = await leave({ 'history.jsonl': textOf(events) }, 'none');
  expect(await finishDeadRuns(project)).toEqual([]);
  expect(await readdir(directory)).toEqual(['history.jsonl']);
});

test.each([{}, { [deadDraft]: '' }])('a folder without a lease that holds only %j is removed', async (files) => {
  const directory = await leave(files, 'none');
  expect(await finishDeadRuns(project)).toEqual([{ directory, outcome: 'removed' }]);
  expect(await readdir(path.join(project, 'reports'))).toEqual([]);
});

test('a half-made folder of a dead process is removed, and that of a living one stays', async () => {
  const own = processStart(process.pid);
  const living = `.20260131-235959-4712.draft-${process.pid}-${typeof own === 'string' ? own : own.start}-99`;
  for (const name of ['.20260131-235959-4711.draft-4194305-1-1', living])
    await writeLease(path.join(project, 'reports', name), takeLease(project, 'verify'));
  expect(await findOpenRuns(project)).toEqual([]);
  expect(await finishDeadRuns(project)).toEqual([]);
  expect(await readdir(path.join(project, 'reports'))).toEqual([living]);
});

test('a draft of a living process stays', async () => {
  const own = processStart(process.pid);
  const draft = `.report.json.draft-${process.pid}-${typeof own === 'string' ? own : own.start}-99`;
  const directory = await leave({ 'history.jsonl': textOf(events), [draft]: '{' });
  await finishDeadRuns(project);
  expect(await readdir(directory)).toEqual([draft, 'history.jsonl', ...reports].toSorted());
});

test('several sweeps at once end with the same files', async () => {
  const directory = await leave({ 'history.jsonl': textOf(events.slice(0, 20)), [deadDraft]: '' });
  await Promise.all(Array.from({ length: 5 }, () => finishDeadRuns(project)));
  expect(await readdir(directory)).toEqual(['history.jsonl', ...reports].toSorted());
});
