/**
 * Starts a sandbox: a copy of the fleet in Docker, and what Drillbook puts beside it.
 *
 *   lease ─► folders ─► compose file + override ─► compose up, recorded ─► relay ─► record ─► handle ─► operator
 *
 * - The lease comes first, so that a later run can remove what this one leaves if it is killed.
 * - The compose file is checked for ways out of the sandbox, and an override file closes the ordinary ones.
 * - The record (`sandbox.json`) holds all that another process needs to use the sandbox (`attach-sandbox.ts`).
 */
import { randomBytes } from 'node:crypto';
import { chmod, copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type Docker from 'dockerode';

import { clockMagic } from '../kernel/clock-record.ts';
import type { SandboxClock } from '../kernel/clock.ts';
import { DrillbookError, InputError } from '../kernel/errors.ts';
import { configName, type Config } from '../config/define-config.ts';
import { curlConfig } from '../wall/watch-answer.ts';
import { recordCreations } from '../wall/record-creations.ts';
import type { Creations } from '../wall/compare-creation.ts';
import { openSandbox } from './attach-sandbox.ts';
import { clockFileIn, createClockFile } from './clock-file.ts';
import { findOpenings } from './check-containment.ts';
import { composeInputs } from './compose-inputs.ts';
import { controlNetwork, renderOverride, type ComposeModel } from './compose-override.ts';
import { readBaselines } from './container-baseline.ts';
import { connectEngine, engineSocket, sandboxLabels } from './engine.ts';
import { startRelay, type Door } from './relay.ts';
import { composeProjectOf, sandboxDir, writeLease, type Lease } from './lease.ts';
import { traceFileIn } from './operator-container.ts';
import { removeSandbox } from './remove-sandbox.ts';
import { runCompose, type ComposeFiles } from './run-compose.ts';
import { foldersOf, writeRecord, type SandboxRecord } from './sandbox-record.ts';
import type { OperatorContainer, Sandbox } from './sandbox.ts';
import { imageEnvironment, type SetupManifest } from './setup-manifest.ts';

export interface SandboxOptions {
  readonly projectDir: string;
  readonly config: Config;
  readonly manifest: SetupManifest;
  /** It already runs before the sandbox does, because it stamps the history of the start. */
  readonly clock: SandboxClock;
  readonly startWithinMs: number;
  /** The owner. The sandbox gets the lease's id. */
  readonly lease: Lease;
  /** If it aborts, the start ends at once, and the caller removes what exists by then. */
  readonly signal?: AbortSignal;
  /** The fleet bypasses Toxiproxy, as `withoutProxies` of the configuration says. */
  readonly bypassProxies?: boolean;
}

/**
 * Starts a sandbox and waits until every service with a health check is healthy.
 * @throws DrillbookError if one does not become healthy; everything that the start has created is removed first
 */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const docker = await connectEngine();
  const { id } = options.lease;
  const directory = sandboxDir(options.lease);
  await writeLease(directory, options.lease);
  try {
    const record = await bringUp(docker, id, directory, options);
    await writeRecord(directory, record);
    const sandbox = await openSandbox(directory, record, new Set());
    await sandbox.operator.ensure();
    await mustReadCompose(sandbox.operator);
    return sandbox;
  } catch (error) {
    // The caller that aborted the start removes the sandbox, and waits for Compose to end.
    if (!options.signal?.aborted) await removeSandbox(docker, options.lease);
    throw error;
  }
}

/** @throws DrillbookError if Compose cannot read its files in the operator, which sees only what is shown to it */
async function mustReadCompose(operator: OperatorContainer): Promise<void> {
  const { exitCode, stderr } = await operator.run(['docker', 'compose', 'config', '--quiet']);
  if (exitCode === 0) return;
  throw new DrillbookError(`Compose cannot read the compose file in the operator: ${stderr.trim()}`, {
    code: 'OPERATOR_COMPOSE',
    next: 'name the files that the compose file needs in `show` of drillbook.config.ts',
  });
}

async function bringUp(docker: Docker, id: string, directory: string, options: SandboxOptions): Promise<SandboxRecord> {
  const { projectDir, config, manifest } = options;
  const project = composeProjectOf(options.lease);
  const labels = sandboxLabels(id, projectDir);
  const controlToken = randomBytes(16).toString('hex');
  await fillFolders(directory, options, controlToken);

  const composeFile = path.resolve(projectDir, config.compose);
  const environment = composeEnvironment(options);
  const base: ComposeFiles = { projectDir, project, files: [composeFile], environment };
  const model = await readModel(base, composeFile, config);
  const folders = foldersOf(directory);
  const override = path.join(folders.shared, 'override.yml');
  const { effects, toxiproxy } = config.services;
  const controlled = {
    [effects]: 'drillbook-harness',
    ...(toxiproxy === undefined ? {} : { [toxiproxy]: 'drillbook-toxiproxy' }),
  };
  const overrideOptions = {
    labels,
    clockDir: folders.clock,
    realTimeServices: config.realTimeServices,
    controlled,
    effects: { service: effects, tokenDir: folders.token },
    silent: toxiproxy,
    limits: config.limits.fleet,
  };
  await writeFile(override, renderOverride(model, overrideOptions));
  const compose: ComposeFiles = { ...base, files: [composeFile, override] };

  const creations = await composeUp(compose, folders.wall, options.startWithinMs, options.signal);
  const doors = doorsOf(config, controlled);
  await startRelay({
    docker,
    project,
    labels,
    image: manifest.images.node.ref,
    folder: folders.gate,
    doors,
    allowedHosts: config.hosts,
    networks: [
      ...networksOf(
        model,
        project,
        doors.map(({ service }) => service),
      ),
      `${project}_${controlNetwork}`,
    ],
  });
  return {
    id,
    labels: { ...labels },
    compose: { ...compose, files: [...compose.files], environment },
    controlToken,
    pristine: await readBaselines(docker, id),
    doors: [...doors],
    operatorNetwork: {
      image: manifest.images.node.ref,
      networks: [...networksOf(model, project, [config.services.api])],
      localhost: { host: config.services.api, ports: [config.ports.api] },
    },
    operator: {
      image: manifest.images.operator.ref,
      shown: [...config.show, ...(await composeInputs(projectDir, composeFile))],
      hidden: hiddenOf(config),
      limits: config.limits.operator,
    },
    wall: {
      harnessServices: Object.keys(controlled),
      realTimeServices: [...config.realTimeServices],
      images: [...new Set(Object.values(model.services).flatMap(({ image }) => image ?? []))],
      ceiling: config.limits.fleet,
      disk: config.limits.fleet.disk,
      creations: {
        containers: { ...creations.containers },
        networks: { ...creations.networks },
        volumes: { ...creations.volumes },
      },
    },
  };
}

async function fillFolders(
  directory: string,
  { manifest, clock }: SandboxOptions,
  controlToken: string,
): Promise<void> {
  const folders = foldersOf(directory);
  for (const folder of Object.values(folders)) await mkdir(folder, { recursive: true });
  // Other users of this machine must not reach the sockets and the token.
  await chmod(directory, 0o700);
  await copyClockLibrary(manifest.native.clock, path.join(folders.clock, 'libsandboxclock.so'));
  await copyFile(manifest.native.trace, path.join(folders.clock, 'libblocktrace.so'));
  await writeFile(path.join(folders.clock, '.curlrc'), curlConfig);
  createClockFile(clockFileIn(folders.clock), clock);
  await chmod(folders.clock, 0o755);
  await writeFile(traceFileIn(folders.trace), '');
  await writeFile(path.join(folders.token, 'token'), controlToken);
}

/** @throws DrillbookError if the library is of another layout: it would ignore the clock file and run in real time */
async function copyClockLibrary(library: string, to: string): Promise<void> {
  if (!(await readFile(library)).includes(clockMagic))
    throw new DrillbookError(`${library} does not know the clock file of this Drillbook`, {
      code: 'SETUP_OUTDATED',
      next: 'start Drillbook with "npm run drillbook -- <command>", which runs the set-up',
    });
  await copyFile(library, to);
}

/**
 * The variables that the compose file may read: image references, the address where Toxiproxy listens, and the
 * variables that the configuration names.
 */
function composeEnvironment({ config, manifest, bypassProxies }: SandboxOptions): Record<string, string> {
  const passed = config.environment.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    ...Object.fromEntries(passed),
    ...imageEnvironment(manifest),
    ...(bypassProxies ? config.withoutProxies : {}),
    DRILLBOOK_TOXIPROXY_HOST: 'drillbook-toxiproxy',
  };
}

function doorsOf({ services, ports, metrics }: Config, controlled: Readonly<Record<string, string>>): readonly Door[] {
  const door = (service: string, port: number): Door => ({
    service,
    port,
    ...(controlled[service] === undefined ? {} : { host: controlled[service] }),
  });
  return [
    door(services.redis, ports.redis),
    door(services.api, ports.api),
    door(services.effects, ports.control),
    ...(services.toxiproxy === undefined ? [] : [door(services.toxiproxy, ports.toxiproxy)]),
    ...metrics.targets.map(({ service, port }) => door(service, port)),
  ];
}

/** What procedures never see, although a shown folder may contain it: the exam, and what was measured in it. */
function hiddenOf({ scenarios, recoveryBaseline, equivalentMutants, hide }: Config): string[] {
  const measured = [recoveryBaseline, equivalentMutants].filter((file) => file !== undefined);
  return [scenarios, configName, ...measured, ...hide];
}

/** The engine's names of the networks that these services are on. */
function networksOf(model: ComposeModel, project: string, services: readonly string[]): readonly string[] {
  const keys = services.flatMap((service) => Object.keys(model.services[service]?.networks ?? { default: null }));
  return [...new Set(keys)].map((key) => model.networks?.[key]?.name ?? `${project}_${key}`);
}

/**
 * The compose file as Compose itself reads it.
 * @throws InputError if Compose cannot read it, a service is missing, or it opens a way out of the sandbox
 */
async function readModel(
  compose: ComposeFiles,
  file: string,
  { services, realTimeServices, metrics }: Config,
): Promise<ComposeModel> {
  const text = await runCompose(compose, ['config', '--format', 'json'], 20_000).catch((cause: unknown) => {
    const message = cause instanceof Error ? cause.message.replace(/^.*? failed: /, '') : String(cause);
    const line = Number(/\bline (\d+)/.exec(message)?.[1] ?? 1);
    throw new InputError(`Compose cannot read the file: ${message}`, {
      code: 'COMPOSE_INVALID',
      location: { file, line },
      next: 'correct it until `docker compose config` accepts it',
      cause,
    });
  });
  const model = JSON.parse(text) as ComposeModel;
  const scraped = metrics.targets.map(({ service }) => service);
  const wanted = [...Object.values(services).flat(), ...realTimeServices, ...scraped];
  const missing = wanted.find((name) => name !== undefined && !(name in model.services));
  if (missing !== undefined)
    throw new InputError(`the compose file has no service ${missing}, which the configuration names`, {
      code: 'COMPOSE_SERVICE_MISSING',
      location: { file, line: 1 },
      next: `its services are ${Object.keys(model.services).join(', ')}`,
    });
  const [opening] = findOpenings(model, compose.projectDir);
  if (!opening) return model;
  throw new InputError(
    `${opening.service === undefined ? '' : `${opening.service}: `}${opening.text} leads out of the sandbox`,
    {
      code: 'COMPOSE_OPEN',
      location: { file, line: 1 },
      next: 'remove it from the compose file that Drillbook uses: anyone who can change a runbook could use it',
    },
  );
}

/** Starts everything. Returns the requests with which Compose created it: the wall compares later ones with them. */
async function composeUp(
  compose: ComposeFiles,
  folder: string,
  withinMs: number,
  signal: AbortSignal | undefined,
): Promise<Creations> {
  const recorder = await recordCreations(engineSocket(), folder);
  try {
    const seconds = String(Math.ceil(withinMs / 1000));
    await runCompose(compose, ['up', '--detach', '--wait', '--wait-timeout', seconds], withinMs + 10_000, {
      environment: { DOCKER_HOST: recorder.host },
      signal,
    });
    return recorder.creations;
  } catch (cause) {
    signal?.throwIfAborted();
    throw new DrillbookError(
      `the sandbox did not become healthy: ${cause instanceof Error ? cause.message : String(cause)}`,
      {
        code: 'SANDBOX_UNHEALTHY',
        next: `start ${compose.files[0] ?? 'the compose file'} by hand with "docker compose up" and read the logs`,
        cause,
      },
    );
  } finally {
    await recorder.close();
  }
}
