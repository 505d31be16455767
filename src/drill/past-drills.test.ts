import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

import type { HistoryEvent } from '../history/events.ts';
import { takeLease, writeLease } from '../sandbox/lease.ts';
import { judgeDrill } from '../verdict/drill/judge-drill.ts';
import { asHistory, recordDrill } from '../verdict/testing/record-drill.ts';
import { recordRun } from '../verdict/testing/record-run.ts';
import { forgetPlayer, readPastDrills } from './past-drills.ts';

let project = '';
beforeEach(async () => void (project = await mkdtemp(path.join(tmpdir(), 'drillbook-past-'))));
afterEach(() => rm(project, { recursive: true }));

const folderOf = (name: string): string => path.join(project, 'reports', name);
const foldersLeft = async (): Promise<readonly string[]> => (await readdir(path.join(project, 'reports'))).toSorted();

async function leave(name: string, files: Readonly<Record<string, string>>): Promise<void> {
  await mkdir(folderOf(name), { recursive: true });
  for (const [file, text] of Object.entries(files)) await writeFile(path.join(folderOf(name), file), text);
}

const textOf = (events: readonly HistoryEvent[]): string =>
  events.map((event) => `${JSON.stringify(event)}\n`).join('');
/** The history of a drill of ana or of another player. */
const drillOf = (player: string): string =>
  textOf(recordDrill().map((event) => (event.type === 'drill.started' ? { ...event, player } : event)));

test('only drills with a debrief of this version are past drills', async () => {
  const debrief = await judgeDrill(asHistory(recordDrill()));
  await leave('one', { 'debrief.json': JSON.stringify(debrief) });
  await leave('two', { 'debrief.json': JSON.stringify({ ...debrief, player: 'bob' }) });
  await leave('three', { 'debrief.json': '{"schema' });
  await leave('of-a-gate', {});
  expect((await readPastDrills(project)).map(({ player }) => player)).toEqual(['ana', 'bob']);
});

test('a player is forgotten by the history, whatever the debrief is like', async () => {
  await leave('no-debrief', { 'history.jsonl': drillOf('bob') });
  await leave('half-a-debrief', { 'history.jsonl': drillOf('bob'), 'debrief.json': '{"schema' });
  await leave('other-debrief', { 'history.jsonl': drillOf('bob'), 'debrief.json': '{"schemaVersion":99}' });
  await leave('cut-off', { 'history.jsonl': drillOf('bob').slice(0, -20) });
  await leave('of-ana', { 'history.jsonl': drillOf('ana'), 'debrief.json': '{"player":"bob"}' });
  await leave('of-a-gate', { 'history.jsonl': textOf(recordRun()) });
  expect((await forgetPlayer(project, 'bob')).removed.map((directory) => path.basename(directory))).toEqual([
    'cut-off',
    'half-a-debrief',
    'no-debrief',
    'other-debrief',
  ]);
  expect(await forgetPlayer(project, 'bob')).toEqual({ removed: [], living: [] });
  expect(await foldersLeft()).toEqual(['of-a-gate', 'of-ana']);
});

test('a drill whose history cannot be read is forgotten by its debrief, of any version', async () => {
  const old = '{"seq":0,"t":0,"s":0,"type":"run.started","version":99}\n';
  await leave('old', { 'history.jsonl': old, 'debrief.json': '{"schemaVersion":99,"player":"bob"}' });
  await leave('nothing-but-a-debrief', { 'debrief.json': '{"player":"bob"}' });
  await leave('damaged', { 'history.jsonl': 'x\n', 'debrief.json': '{"play' });
  expect((await forgetPlayer(project, 'bob')).removed).toHaveLength(2);
  expect(await foldersLeft()).toEqual(['damaged']);
});

test('a drill that is still played is not forgotten', async () => {
  await leave('living', { 'history.jsonl': drillOf('bob') });
  await writeLease(folderOf('living'), takeLease(project, 'drill start'));
  expect(await forgetPlayer(project, 'bob')).toEqual({ removed: [], living: [folderOf('living')] });
  expect(await foldersLeft()).toEqual(['living']);
});
