import type { EnvironmentSeen, RunStarted } from '../history/events.ts';
import { historyVersion } from '../history/history-version.ts';
import type { Fleet } from '../arm/fleet-session.ts';
import { pinThresholds } from './pin-thresholds.ts';
import type { VerifyOptions } from './verify-options.ts';

/** The first event of a history: what the run is asked to do. */
export function runStarted({ runId, version, seed, timeScale, runbook, project }: VerifyOptions): RunStarted {
  return {
    type: 'run.started',
    run: runId,
    drillbook: version,
    historyVersion,
    startedAt: new Date().toISOString(),
    seed,
    timeScale,
    runbook: runbook.facts(),
    pinnedThresholds: pinThresholds(project.config.thresholds, project.configFile),
    queues: project.config.fleet.queues.map(({ name, service }) => ({ name, service })),
  };
}

/** What really runs: the versions that the engine, Redis and the api container report, and the images' ids. */
export async function environmentOf({ manifest, project }: VerifyOptions, fleet: Fleet): Promise<EnvironmentSeen> {
  const info = await fleet.redis.info('server');
  const redis = /redis_version:(\S+)/.exec(info)?.[1] ?? 'unknown';
  return {
    type: 'environment',
    engine: manifest.engine.version,
    compose: manifest.compose.version,
    node: process.version,
    versions: { redis, ...fleet.versions },
    images: Object.entries(manifest.images).map(([service, { ref, source }]) => ({ service, image: ref, source })),
    realTimeServices: project.config.realTimeServices,
    imageIds: await fleet.sandbox.imageIds(),
  };
}
