import { stat } from 'node:fs/promises';
import path from 'node:path';
import type Docker from 'dockerode';

import { DrillbookError } from '../kernel/errors.ts';
import { orUndefinedIfMissing } from '../kernel/missing-file.ts';
import { roleLabel, statusOf } from './engine.ts';
import type { ComposeFiles } from './run-compose.ts';
import { exitOf, runExec } from './run-exec.ts';
import type { OperatorContainer, TtyProcess } from './sandbox.ts';

export interface OperatorOptions {
  readonly docker: Docker;
  readonly labels: Readonly<Record<string, string>>;
  readonly compose: ComposeFiles;
  readonly image: string;
  /** Folders of the sandbox on this host. */
  readonly folders: Readonly<Record<'clock' | 'blocks' | 'trace' | 'wall' | 'shared', string>>;
  /** Paths that procedures do not see, relative to the project's folder. */
  readonly hidden: readonly string[];
  readonly limits: OperatorLimits;
  /** The id of the api's container. It is looked up each time, because a procedure may recreate the api. */
  readonly findApi: () => Promise<string>;
}

export interface OperatorLimits {
  /** Bytes. */
  readonly memory: number;
  readonly processes: number;
  /** Bytes that a procedure may write, in all places together. */
  readonly disk: number;
}

/** Paths in the container: the folder with the blocks, and the only file outside its memory that it can write. */
const mounts = { blocks: '/trace', trace: '/trace.log' } as const;

/**
 * The user that runs Drillbook, so that procedures can read the project. Without capabilities even root has no more
 * rights.
 */
const user = `${process.getuid?.() ?? 0}:${process.getgid?.() ?? 0}`;

/**
 * The container in which procedures run.
 * - It shares the api's network namespace.
 * - It sees the project under the host's own path, so that Compose computes the same configuration hashes.
 * - Its Compose acts on this sandbox, and reaches the engine only through the wall.
 * - It has no capabilities and writes only to memory, except for the trace.
 */
export function createOperator(options: OperatorOptions): OperatorContainer {
  const { docker, compose } = options;
  const name = `${compose.project}-operator`;
  let current: string | undefined;

  const create = async (api: string): Promise<string> => {
    const container = await docker.createContainer({ name, ...(await describe(options, api)) });
    await container.start();
    return container.id;
  };

  /** Another process may have created it, so it is looked up by name each time. */
  const ensure = async (): Promise<void> => {
    const found = await inspect(docker.getContainer(name));
    const api = await findApi(found?.State.Running === true);
    if (found?.State.Running && (!api || sharesNetwork(found, api))) {
      current = found.Id;
      return;
    }
    if (found) await discard(docker.getContainer(found.Id));
    current = await create(api?.Id ?? '');
  };

  /**
   * A block may remove the api and the next one bring it back. For that an operator without a network is good enough.
   */
  const findApi = async (mayBeGone: boolean): Promise<Docker.ContainerInspectInfo | undefined> => {
    try {
      return await docker.getContainer(await options.findApi()).inspect();
    } catch (error) {
      const gone = statusOf(error) === 404 || (error instanceof DrillbookError && error.code === 'SERVICE_UNKNOWN');
      if (gone && mayBeGone) return undefined;
      throw error;
    }
  };

  const running = (): Docker.Container => {
    if (!current) throw new Error('the operator container is used before it is started');
    return docker.getContainer(current);
  };

  const remove = async (): Promise<void> => {
    const found = await inspect(docker.getContainer(name));
    if (found) await discard(docker.getContainer(found.Id));
  };

  return {
    blocks: { host: options.folders.blocks, container: mounts.blocks },
    trace: { host: traceFileIn(options.folders.trace), container: mounts.trace },
    traceLibrary: '/drillbook/libblocktrace.so',
    ensure,
    async renew() {
      await remove();
      await ensure();
    },
    remove,
    async exec(argv, { env, cwd }): Promise<TtyProcess> {
      const exec = await running().exec({
        Cmd: [...argv],
        AttachStdin: true,
        AttachStdout: true,
        AttachStderr: true,
        Tty: true,
        WorkingDir: cwd,
        Env: Object.entries(env).map((pair) => pair.join('=')),
      });
      const stream = await exec.start({ hijack: true, stdin: true, Tty: true });
      return { stream, wait: () => exitOf(exec) };
    },
    run: (argv) => runExec(docker, running(), argv),
  };
}

export function traceFileIn(folder: string): string {
  return path.join(folder, 'log');
}

/** How the container is created. It writes only to memory, except for the trace, whose size is limited. */
async function describe(options: OperatorOptions, api: string): Promise<Docker.ContainerCreateOptions> {
  const { compose, folders, limits, labels } = options;
  const masks = await maskHidden(compose.projectDir, options.hidden);
  const scratch = (share: number): string => `rw,nosuid,nodev,mode=1777,size=${Math.floor(limits.disk * share)}`;
  return {
    Image: options.image,
    Labels: { ...labels, [roleLabel]: 'operator' },
    Cmd: ['tail', '-f', '/dev/null'],
    User: user,
    WorkingDir: compose.projectDir,
    Env: [
      `COMPOSE_PROJECT_NAME=${compose.project}`,
      `COMPOSE_FILE=${compose.files.join(':')}`,
      'LD_PRELOAD=/drillbook/libsandboxclock.so',
      'TERM=xterm-256color',
      'LANG=C.UTF-8',
      'HOME=/home/oncall',
      ...Object.entries(compose.environment).map((pair) => pair.join('=')),
    ],
    HostConfig: {
      NetworkMode: `container:${api}`,
      Init: true,
      Binds: [
        `${compose.projectDir}:${compose.projectDir}:ro`,
        `${folders.shared}:${folders.shared}:ro`,
        `${folders.wall}:/run/drillbook:ro`,
        `${folders.clock}:/drillbook:ro`,
        `${folders.blocks}:${mounts.blocks}:ro`,
        `${traceFileIn(folders.trace)}:${mounts.trace}`,
        ...masks.files.map((file) => `/dev/null:${file}:ro`),
      ],
      Tmpfs: {
        '/tmp': scratch(0.5),
        '/var/tmp': scratch(0.25),
        '/home/oncall': scratch(0.25),
        ...Object.fromEntries(masks.folders.map((folder) => [folder, 'rw,size=64k,mode=755'])),
      },
      ReadonlyRootfs: true,
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
      Memory: limits.memory,
      MemorySwap: limits.memory,
      PidsLimit: limits.processes,
      Ulimits: [
        { Name: 'fsize', Soft: limits.disk, Hard: limits.disk },
        { Name: 'core', Soft: 0, Hard: 0 },
      ],
      LogConfig: { Type: 'json-file', Config: { 'max-size': '1m', 'max-file': '1' } },
    },
  };
}

/** Always hidden: credentials of the checkout, and the records of runs. */
const alwaysHidden = ['.git', '.drillbook', 'reports'];

async function maskHidden(
  projectDir: string,
  hidden: readonly string[],
): Promise<{ readonly folders: readonly string[]; readonly files: readonly string[] }> {
  const paths = [...new Set([...alwaysHidden, ...hidden])].map((name) => path.join(projectDir, name));
  const kinds = await Promise.all(
    paths.map(async (file) => {
      const found = await stat(file).catch(orUndefinedIfMissing);
      return { file, kind: found?.isDirectory() ? 'folder' : found ? 'file' : 'none' };
    }),
  );
  const those = (kind: string): readonly string[] => kinds.filter((one) => one.kind === kind).map(({ file }) => file);
  return { folders: those('folder'), files: those('file') };
}

/** Each start gives a container a new network namespace. A container that shared the former one has no network then. */
function sharesNetwork(operator: Docker.ContainerInspectInfo, api: Docker.ContainerInspectInfo): boolean {
  const since = ({ State }: Docker.ContainerInspectInfo): number => Date.parse(State.StartedAt);
  return operator.HostConfig.NetworkMode === `container:${api.Id}` && since(api) <= since(operator);
}

async function inspect(container: Docker.Container): Promise<Docker.ContainerInspectInfo | undefined> {
  try {
    return await container.inspect();
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw error;
  }
}

/** Removes it. A container that is gone, or that is being removed, is no error. */
async function discard(container: Docker.Container): Promise<void> {
  await container.remove({ force: true, v: true }).catch((error: unknown) => {
    if (![404, 409].includes(statusOf(error) ?? 0)) throw error;
  });
}
