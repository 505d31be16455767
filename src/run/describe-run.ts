import type { CoverageRule, EnvironmentSeen, RunStarted } from '../history/events.ts';
import { historyVersion } from '../history/history-version.ts';
import type { Fleet } from '../arm/fleet-session.ts';
import { findProcedures } from '../runbook/select-procedure.ts';
import { pinThresholds } from './pin-thresholds.ts';
import type { VerifyOptions } from './verify-options.ts';

/** The first event of a history: what the run is asked to do. */
export function runStarted(options: VerifyOptions): RunStarted {
  const { runId, version, seed, timeScale, runbook, project } = options;
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
    evaluationMs: project.config.metrics.evaluationInterval,
    ...(options.whole ? { coverage: { excused: excusedBlocks(options) } } : {}),
    queues: project.config.fleet.queues.map(({ name, service }) => ({ name, service })),
  };
}

function excusedBlocks({ project, runbook }: VerifyOptions): CoverageRule['excused'] {
  const { uncovered, labels } = project.config;
  return uncovered.map(({ at, why }) => {
    const found = findProcedures(runbook, at, labels);
    return { at, why, addresses: found.kind === 'found' ? found.procedures.map(({ address }) => address) : [] };
  });
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
