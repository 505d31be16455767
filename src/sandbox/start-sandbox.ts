import { randomBytes } from 'node:crypto';
import { chmod, copyFile, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type Docker from 'dockerode';
import { DockerComposeEnvironment, StartupCheckStrategy, Wait, type StartupStatus } from 'testcontainers';

import type { SandboxClock } from '../kernel/clock.ts';
import { DrillbookError, InputError } from '../kernel/errors.ts';
import { abortable } from '../kernel/poll-until.ts';
import { openSandbox, writeRecord, type SandboxRecord } from './attach-sandbox.ts';
import { renderOverride, type ComposeModel } from './compose-override.ts';
import { connectEngine, sandboxLabels } from './engine.ts';
import { composeProjectOf, sandboxDir, writeLease, type Lease } from './lease.ts';
import { removeSandbox } from './remove-sandbox.ts';
import { runCompose, type ComposeFiles } from './run-compose.ts';
import type { Sandbox } from './sandbox.ts';
import { imageEnvironment, type SetupManifest } from './setup-manifest.ts';

export interface SandboxOptions {
  readonly projectDir: string;
  readonly composeFile: string;
  readonly manifest: SetupManifest;
  /** Set going before the sandbox is: the history of its start is stamped with it. */
  readonly clock: SandboxClock;
  readonly services: { readonly api: string; readonly [role: string]: string | readonly string[] | undefined };
  readonly realTimeServices: readonly string[];
  readonly startWithinMs: number;
  /** Whose sandbox it is; its id is the sandbox's. */
  readonly lease: Lease;
  /** Starting is given up at once when it aborts; what there is of it by then is the caller's to remove. */
  readonly signal?: AbortSignal;
}

/** Starts a sandbox and waits until every service with a health check is healthy. What a failed start leaves is removed. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const docker = await connectEngine();
  const { id } = options.lease;
  const project = composeProjectOf(options.lease);
  const directory = sandboxDir(options.lease);
  const controlToken = randomBytes(16).toString('hex');
  await writeLease(directory, options.lease);
  try {
    const { clock } = options;
    const clockDir = path.join(directory, 'clock');
    const traceDir = path.join(directory, 'trace');
    await mkdir(clockDir, { recursive: true });
    await mkdir(traceDir, { recursive: true });
    await copyFile(options.manifest.native.clock, path.join(clockDir, 'libsandboxclock.so'));
    await copyFile(options.manifest.native.trace, path.join(clockDir, 'libblocktrace.so'));
    await writeFile(
      path.join(clockDir, 'clock'),
      `${BigInt(Math.round(clock.epochMs)) * 1_000_000n} ${clock.epochMonotonicNs} ${clock.factor}\n`,
    );
    await chmod(clockDir, 0o755);

    const environment = { ...imageEnvironment(options.manifest), DRILLBOOK_CONTROL_TOKEN: controlToken };
    const base: ComposeFiles = { projectDir: options.projectDir, project, files: [options.composeFile], environment };
    const model = await readModel(base, options);
    const override = path.join(directory, 'override.yml');
    const labels = sandboxLabels(id, options.projectDir);
    await writeFile(override, renderOverride(model, labels, clockDir, options.realTimeServices));
    const compose: ComposeFiles = { ...base, files: [options.composeFile, override] };

    const up = bringUp(compose, model, options.startWithinMs);
    await (options.signal ? abortable(up, options.signal) : up);
    const record: SandboxRecord = {
      id,
      compose: { ...compose, files: [...compose.files], environment },
      clock: { epochMs: clock.epochMs, epochMonotonicNs: String(clock.epochMonotonicNs), factor: clock.factor },
      controlToken,
      operatorImage: options.manifest.images.operator.ref,
      apiService: options.services.api,
    };
    await writeRecord(directory, record);
    const sandbox = await openSandbox(directory, record);
    await sandbox.operator.ensure();
    return sandbox;
  } catch (error) {
    // Whoever gave up on it removes it too, and waits for Compose to end.
    if (!options.signal?.aborted) await removeSandbox(docker, options.lease);
    throw error;
  }
}

/** The compose file as Compose itself understands it; what it cannot make sense of is the user's to mend. */
async function readModel(
  compose: ComposeFiles,
  { composeFile, services, realTimeServices }: SandboxOptions,
): Promise<ComposeModel> {
  const text = await runCompose(compose, ['config', '--format', 'json'], 20_000).catch((cause: unknown) => {
    const message = cause instanceof Error ? cause.message.replace(/^.*? failed: /, '') : String(cause);
    const line = Number(/\bline (\d+)/.exec(message)?.[1] ?? 1);
    throw new InputError(`Compose cannot read the file: ${message}`, {
      code: 'COMPOSE_INVALID',
      location: { file: composeFile, line },
      next: 'correct it until `docker compose config` accepts it',
      cause,
    });
  });
  const model = JSON.parse(text) as ComposeModel;
  const wanted = [...Object.values(services).flat(), ...realTimeServices];
  const missing = wanted.find((name) => name !== undefined && !(name in model.services));
  if (missing === undefined) return model;
  throw new InputError(`the compose file has no service ${missing}, which the configuration names`, {
    code: 'COMPOSE_SERVICE_MISSING',
    location: { file: composeFile, line: 1 },
    next: `its services are ${Object.keys(model.services).join(', ')}`,
  });
}

/** testcontainers reckons by the wall clock, which may step in the midst of it: the limit is ours to keep. */
const unreachedMs = 2 ** 31 - 1;

async function bringUp(compose: ComposeFiles, model: ComposeModel, withinMs: number): Promise<void> {
  // The reaper's image is not needed: Drillbook sweeps by label what a dead run left.
  process.env['TESTCONTAINERS_RYUK_DISABLED'] = 'true';
  let environment = new DockerComposeEnvironment(
    compose.projectDir,
    compose.files.map((file) => path.relative(compose.projectDir, file)),
  )
    .withProjectName(compose.project)
    .withEnvironment({ ...compose.environment })
    .withStartupTimeout(unreachedMs)
    .withDefaultWaitStrategy(new RunningStrategy());
  for (const [name, service] of Object.entries(model.services)) {
    if (service.healthcheck) environment = environment.withWaitStrategy(`${name}-1`, Wait.forHealthCheck());
  }
  try {
    await abortable(environment.up(), AbortSignal.timeout(withinMs));
  } catch (cause) {
    throw new DrillbookError(
      `the sandbox did not become healthy: ${cause instanceof Error ? cause.message : String(cause)}`,
      {
        code: 'SANDBOX_UNHEALTHY',
        next: `start ${compose.files[0] ?? 'the compose file'} by hand with "docker compose up" and read the logs`,
        cause,
      },
    );
  }
}

/** For services without a health check; asks the engine, because an image may have no shell to ask. */
class RunningStrategy extends StartupCheckStrategy {
  override async checkStartupState(docker: Docker, containerId: string): Promise<StartupStatus> {
    const { State } = await docker.getContainer(containerId).inspect();
    if (State.Running) return 'SUCCESS';
    return State.Status === 'exited' || State.Status === 'dead' ? 'FAIL' : 'PENDING';
  }
}
