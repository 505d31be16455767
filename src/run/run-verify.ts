import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { summariseFault } from '../faults/faults.ts';
import type { Arm, EnvironmentSeen, EventBody, HistoryEvent, RunStarted } from '../history/events.ts';
import { readHistory } from '../history/reader.ts';
import { createHistoryWriter, type HistoryWriter } from '../history/writer.ts';
import { Cleanup } from '../kernel/disposal.ts';
import { formatError } from '../kernel/errors.ts';
import { writeReports } from '../report/write-reports.ts';
import type { Runbook } from '../runbook/runbook.ts';
import { removeSandbox } from '../sandbox/remove-sandbox.ts';
import { connectEngine } from '../sandbox/engine.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import type { SetupManifest } from '../sandbox/setup-manifest.ts';
import { startSandbox } from '../sandbox/start-sandbox.ts';
import { sweep } from '../sandbox/sweep.ts';
import { bindScenario, type BoundScenario } from '../scenario/bind-scenario.ts';
import type { LoadedScenario } from '../scenario/load-scenarios.ts';
import { ArmView } from '../verdict/arm-view.ts';
import { judge } from '../verdict/judge.ts';
import type { RunReport } from '../verdict/run-report.ts';
import { connectFleet, type Fleet } from './fleet-session.ts';
import { pinThresholds } from './pin-thresholds.ts';
import type { Project } from './project.ts';
import { runArm } from './run-arm.ts';

export interface VerifyOptions {
  readonly project: Project;
  readonly runbook: Runbook;
  readonly scenarios: readonly LoadedScenario[];
  readonly manifest: SetupManifest;
  readonly timeScale: number;
  readonly seed: number;
  readonly keep: boolean;
  readonly version: string;
  readonly runId: string;
  readonly reportDir: string;
  readonly onEvent: (event: HistoryEvent) => void;
  /** Aborts when the run is interrupted. */
  readonly signal: AbortSignal;
}

export interface VerifyResult {
  readonly report: RunReport;
  readonly interrupted: boolean;
  readonly kept: Sandbox | undefined;
}

/** Past BullMQ's own self-healing: a lock of 30 s and a stalled check every 30 s, with a margin. Sandbox time. */
const selfHealingMs = 90_000;
/** The last sample comes a little before the end of the watch. Sandbox time. */
const holdMarginMs = 10_000;
const removeWithinMs = 30_000;

/** Runs the scenarios against one runbook and judges the recorded run. */
export async function runVerify(options: VerifyOptions): Promise<VerifyResult> {
  const bound = options.scenarios.map((scenario) =>
    bindScenario(scenario, options.runbook, options.project.config, summariseFault),
  );
  await mkdir(options.reportDir, { recursive: true });
  const historyFile = path.join(options.reportDir, 'history.jsonl');
  const cleanup = new Cleanup();
  const docker = await connectEngine();
  const swept = await sweep(docker, options.project.directory, { kept: false });
  let sandbox: Sandbox | undefined;
  let history: HistoryWriter | undefined;
  const leftovers: string[] = [];
  let failure: unknown;
  try {
    sandbox = await startSandbox({
      projectDir: options.project.directory,
      composeFile: path.resolve(options.project.directory, options.project.config.compose),
      manifest: options.manifest,
      timeScale: options.timeScale,
      services: options.project.config.services,
      realTimeServices: options.project.config.realTimeServices,
      startWithinMs: 120_000,
      owned: !options.keep,
    });
    const started = sandbox;
    if (!options.keep)
      cleanup.add(
        'removing the sandbox',
        removeWithinMs,
        async () => void (await removeSandbox(docker, started.id, started.directory)),
      );
    history = createHistoryWriter(historyFile, started.clock);
    history.subscribe(options.onEvent);
    const emit = (event: EventBody): void => void history?.emit(event);
    const run = runStarted(options);
    emit(run);
    if (swept.length > 0)
      emit({ type: 'note', message: `cleared what ${swept.length} dead run(s) had left: ${swept.join(', ')}` });
    const fleet = await connectFleet(started, options.project.config);
    cleanup.add('disconnecting from Redis', 1000, () => Promise.resolve(fleet.redis.disconnect()));
    emit(await environment(options, fleet));
    for (const [index, scenario] of bound.entries()) {
      emit({ type: 'scenario.planned', plan: scenario.plan });
      if (scenario.plan.unbound.length > 0) continue;
      await runScenario(options, run, history, fleet, scenario, index);
    }
  } catch (error) {
    failure = error;
  }
  const interrupted = options.signal.aborted;
  if (interrupted) history?.emit({ type: 'interrupted', reason: formatError(options.signal.reason) });
  if (sandbox) await saveLogs(sandbox, options);
  for (const error of await cleanup.run()) leftovers.push(error.message);
  if (!history) throw failure;
  if (failure !== undefined && !interrupted)
    history.emit({ type: 'note', message: `the harness broke: ${formatError(failure)}` });
  else if (!interrupted) history.emit({ type: 'run.ended', leftovers });
  history.close();
  const report = await judge(readHistory(historyFile));
  await writeReports(report, options.reportDir);
  if (failure !== undefined && !interrupted) throw failure;
  return { report, interrupted, kept: options.keep ? sandbox : undefined };
}

async function runScenario(
  options: VerifyOptions,
  run: RunStarted,
  history: HistoryWriter,
  fleet: Fleet,
  scenario: BoundScenario,
  index: number,
): Promise<void> {
  const arm = async (name: Arm, holdMs?: number) => {
    const view = new ArmView(run, scenario.plan);
    let brokenSince: number | undefined;
    const unsubscribe = history.subscribe((event) => {
      view.apply(event);
      if (event.type === 'fault.proved') brokenSince = event.s;
    });
    try {
      await runArm({
        arm: name,
        scenario,
        fleet,
        view,
        emit: (event) => void history.emit(event, { scenario: scenario.plan.id, arm: name }),
        signal: options.signal,
        seed: options.seed + index,
        idPrefix: `${scenario.plan.id}-${name}`,
        castDir: options.reportDir,
        projectDir: options.project.directory,
        ...(holdMs === undefined ? {} : { holdMs }),
      });
    } finally {
      unsubscribe();
    }
    const healthySince = view.healthySince();
    const brokenForMs = brokenSince === undefined || healthySince === undefined ? 0 : healthySince - brokenSince;
    return { recovered: healthySince !== undefined, brokenForMs };
  };
  const treatment = await arm('treatment');
  if (scenario.plan.control.enabled && treatment.recovered)
    await arm('control', Math.max(selfHealingMs, treatment.brokenForMs) + holdMarginMs);
}

function runStarted({ runId, version, seed, timeScale, runbook, project }: VerifyOptions): RunStarted {
  return {
    type: 'run.started',
    run: runId,
    drillbook: version,
    historyVersion: 1,
    startedAt: new Date().toISOString(),
    seed,
    timeScale,
    runbook: runbook.facts(),
    pinnedThresholds: pinThresholds(project.config.thresholds, project.configFile),
    queues: project.config.fleet.queues.map(({ name, service }) => ({ name, service })),
  };
}

async function environment({ manifest, project }: VerifyOptions, fleet: Fleet): Promise<EnvironmentSeen> {
  const info = await fleet.redis.info('server');
  const redis = /redis_version:(\S+)/.exec(info)?.[1] ?? 'unknown';
  const bullmq = await fleet.sandbox.operator.run([
    'docker',
    'compose',
    'exec',
    '-T',
    fleet.config.services.api,
    'node',
    '-p',
    'require("bullmq/package.json").version + " " + process.version',
  ]);
  const [bullmqVersion = 'unknown', node = 'unknown'] = bullmq.exitCode === 0 ? bullmq.stdout.trim().split(' ') : [];
  return {
    type: 'environment',
    engine: manifest.engine.version,
    compose: manifest.compose.version,
    node: process.version,
    versions: { redis, bullmq: bullmqVersion, node },
    images: Object.entries(manifest.images).map(([service, { ref, source }]) => ({ service, image: ref, source })),
    realTimeServices: project.config.realTimeServices,
  };
}

async function saveLogs(sandbox: Sandbox, { reportDir, project }: VerifyOptions): Promise<void> {
  const { redis, api, effects, workers } = project.config.services;
  await Promise.all(
    [redis, api, effects, ...workers].map(async (service) => {
      const log = await sandbox.logs(service).catch((error: unknown) => Buffer.from(`no log: ${String(error)}\n`));
      await writeFile(path.join(reportDir, `${service}.log`), log);
    }),
  );
}
