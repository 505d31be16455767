import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';

import type { Fleet } from '../arm/fleet-session.ts';
import { parseEvent } from '../history/parse-event.ts';
import { parseRunbook } from '../runbook/parse-runbook.ts';
import { loadProject } from '../scenario/load-project.ts';
import type { SetupManifest } from '../sandbox/setup-manifest.ts';
import { environmentOf, runStarted } from './describe-run.ts';
import type { VerifyOptions } from './verify-options.ts';
import { historyVersion } from '../history/history-version.ts';

const project = await loadProject(path.resolve(import.meta.dirname, '../..'));
const { config, directory } = project;
const runbook = await parseRunbook(await readFile(path.join(directory, config.runbook), 'utf8'), config.runbook, {
  labels: config.labels,
});
const manifest = {
  engine: { version: '28.0.0' },
  compose: { version: '2.40.3' },
  images: { redis: { ref: 'redis:8.4.0', source: 'registry' } },
} as unknown as SetupManifest;
const options = {
  project,
  runbook,
  manifest,
  seed: 4,
  timeScale: 7,
  version: '0.1.0',
  runId: '20260131-235959-1',
} as VerifyOptions;

/** The parts of a fleet that are asked what they run on. */
function fleetWith(redisInfo: string): Fleet {
  return {
    redis: { info: () => Promise.resolve(redisInfo) },
    versions: { bullmq: '5.81.5', node: 'v24.1.0' },
    sandbox: { imageIds: () => Promise.resolve({ redis: 'sha256:1' }) },
  } as unknown as Fleet;
}

test('the first event of a run can be read again, and names every queue with its service', () => {
  const event = JSON.parse(JSON.stringify({ seq: 0, t: 0, s: 0, ...runStarted(options) })) as unknown;
  expect(parseEvent(JSON.stringify(event))).toEqual({ event });
  expect(event).toMatchObject({ run: '20260131-235959-1', seed: 4, timeScale: 7, historyVersion });
  expect(event).toMatchObject({ queues: config.fleet.queues.map(({ name, service }) => ({ name, service })) });
});

test('the environment holds the versions that really run', async () => {
  const environment = await environmentOf(
    options,
    fleetWith('# Server\r\nredis_version:8.4.0\r\nredis_mode:standalone'),
  );
  expect(environment).toMatchObject({
    engine: '28.0.0',
    compose: '2.40.3',
    versions: { redis: '8.4.0', bullmq: '5.81.5', node: 'v24.1.0' },
    images: [{ service: 'redis', image: 'redis:8.4.0', source: 'registry' }],
    imageIds: { redis: 'sha256:1' },
  });
});

test('a Redis that does not report its version is recorded as unknown', async () => {
  expect((await environmentOf(options, fleetWith(''))).versions['redis']).toBe('unknown');
});
