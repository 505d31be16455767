import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

import type { EnvironmentSeen, HistoryEvent, RunStarted } from '../../history/events.ts';
import { parseRunbook } from '../../runbook/parse-runbook.ts';
import { recordRun } from '../../verdict/testing/record-run.ts';
import { loadProject, type Project } from '../../scenario/load-project.ts';
import { createRecordedControls, describeFiles, type RecordedControlsOptions } from './recorded-controls.ts';
import { bindForRun } from '../run-verify.ts';

const directory = path.resolve(import.meta.dirname, '../../..');
const hour = 3_600_000;
const environment: EnvironmentSeen = {
  type: 'environment',
  engine: '20.10.24',
  compose: '2.40.3',
  node: 'v24',
  versions: { redis: '8.4.0' },
  images: [],
  realTimeServices: [],
  imageIds: { redis: 'sha256:1' },
};
const recorded: readonly HistoryEvent[] = recordRun({}).filter(({ arm }) => arm === 'control');

let project: Project;
let runbook = '';
beforeEach(async () => {
  const loaded = await loadProject(directory);
  const folder = await mkdtemp(path.join(tmpdir(), 'drillbook-controls-'));
  runbook = await readFile(path.join(directory, loaded.config.runbook), 'utf8');
  await writeFile(path.join(folder, 'compose.yml'), '');
  project = { ...loaded, directory: folder };
});
afterEach(() => rm(project.directory, { recursive: true }));

async function scenario(text = runbook) {
  const found = project.scenarios.find(({ id }) => id === 'queue-paused');
  if (!found) throw new Error('the project has no scenario queue-paused');
  const { config } = project;
  const read = await parseRunbook(text, path.join(project.directory, 'runbook.md'), { labels: config.labels });
  return bindForRun(found, { runbook: read, project, timeScale: 10, repeat: false });
}

async function controls(changed: Partial<RecordedControlsOptions> = {}) {
  const read = await parseRunbook(runbook, path.join(project.directory, 'runbook.md'));
  return createRecordedControls({
    project,
    run: { run: 'earlier' } as RunStarted,
    environment,
    files: await describeFiles({ project, runbook: read }),
    seed: 1,
    timeScale: 10,
    withinMs: hour,
    ...changed,
  });
}

const onlyFile = async (): Promise<string> => {
  const folder = path.join(project.directory, '.drillbook', 'controls', 'queue-paused');
  const [name = 'none'] = await readdir(folder);
  return path.join(folder, name);
};

beforeEach(async () => (await controls()).keep(await scenario(), recorded));

test('a kept control arm is recalled whole, with the run that recorded it', async () => {
  expect(recorded.length).toBeGreaterThan(50);
  expect(await (await controls()).recall(await scenario())).toEqual({
    type: 'control.recalled',
    run: 'earlier',
    recordedAt: expect.any(String) as string,
    events: JSON.parse(JSON.stringify(recorded)) as unknown,
  });
});

test('another recovery keeps the recording valid, because a control arm does not run it', async () => {
  const changed = await scenario(runbook.replace('await queue.resume()', 'await queue.pause()'));
  expect(changed.recovery).not.toEqual((await scenario()).recovery);
  expect(await (await controls()).recall(changed)).toBeDefined();
});

test.each<{ readonly what: string; readonly changed: () => Promise<Partial<RecordedControlsOptions>> }>([
  { what: 'the images', changed: async () => ({ environment: { ...environment, imageIds: { redis: 'sha256:2' } } }) },
  { what: 'the engine', changed: async () => ({ environment: { ...environment, engine: '28.0.0' } }) },
  { what: 'the time scale', changed: async () => ({ timeScale: 7 }) },
  { what: 'the load', changed: async () => ({ seed: 2 }) },
  {
    what: 'a variable that the fleet is given',
    changed: async () => ({ project: { ...project, config: { ...project.config, environment: ['PATH'] } } }),
  },
  { what: 'its age', changed: async () => ({ withinMs: 0 }) },
  {
    what: 'a file of the project',
    changed: async () => {
      await writeFile(path.join(project.directory, 'compose.yml'), 'services: {}');
      return {};
    },
  },
])('the recording is not used if $what differs', async ({ changed }) => {
  expect(await (await controls(await changed())).recall(await scenario())).toBeUndefined();
});

test('the recording is not used if a diagnosis block has changed, because a control arm runs it', async () => {
  const { diagnosis } = await scenario();
  const [first] = diagnosis;
  const changed = { ...first, procedure: { ...first?.procedure, code: `${first?.procedure.code ?? ''}true\n` } };
  const other = { ...(await scenario()), diagnosis: [changed, ...diagnosis.slice(1)] } as Awaited<
    ReturnType<typeof scenario>
  >;
  expect(await (await controls()).recall(other)).toBeUndefined();
});

test('a file that is not a recording is an error', async () => {
  await writeFile(await onlyFile(), '{"type":"control.recalled"}');
  await expect((await controls()).recall(await scenario())).rejects.toThrow(/is not a recorded control arm: /);
});

test('a recording older than a month is removed', async () => {
  const old = await onlyFile();
  const then = new Date(Date.now() - 31 * 24 * hour);
  await utimes(old, then, then);
  await (await controls({ seed: 2 })).keep(await scenario(), recorded);
  expect(await onlyFile()).not.toBe(old);
});
