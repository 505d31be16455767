import { stat } from 'node:fs/promises';
import path from 'node:path';
import type Docker from 'dockerode';

import { orUndefinedIfMissing } from '../kernel/missing-file.ts';
import { roleLabel, statusOf } from './engine.ts';
import { discardContainer, inspectContainer } from './find-container.ts';
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
  /** Files and folders that procedures see: absolute, or relative to the project's folder. */
  readonly shown: readonly string[];
  /** Paths below those that they do not see, relative to the project's folder. */
  readonly hidden: readonly string[];
  readonly limits: OperatorLimits;
  /** The running container whose network the operator shares. */
  readonly ensureNetwork: () => Promise<Docker.ContainerInspectInfo>;
}

export interface OperatorLimits {
  /** Bytes. */
  readonly memory: number;
  readonly processes: number;
  /** Bytes that a procedure may write, in all places together. */
  readonly disk: number;
}

/** Paths in the container: the blocks, the only file outside its memory that it can write, and the sockets. */
const mounts = { blocks: '/trace', trace: '/trace.log', sockets: '/run/drillbook' } as const;

/**
 * The user that runs Drillbook, so that procedures can read the project. Without capabilities even root has no more
 * rights.
 */
const user = `${process.getuid?.() ?? 0}:${process.getgid?.() ?? 0}`;

/**
 * Process 1 of the container. A procedure cannot end process 1 (`kill -9 -1`), but it could end the child of the
 * engine's own init, and the container with it. Bash reaps what procedures leave.
 */
const firstProcess = "trap '' HUP INT QUIT TERM; while true; do tail -f /dev/null; done";

/**
 * The container in which procedures run.
 * - It has a network of its own (`operator-network.ts`), on which localhost serves the api's port.
 * - It sees what Compose reads, and what the configuration shows, under the host's own paths: Compose then computes the
 *   same configuration hashes.
 * - Its Compose acts on this sandbox, and reaches the engine only through the wall.
 * - It has no capabilities and writes only to memory, except for the trace.
 */
export function createOperator(options: OperatorOptions): OperatorContainer {
  const { docker, compose } = options;
  const name = `${compose.project}-operator`;
  let current: string | undefined;

  /** Another process may have created it, so it is looked up by name each time. */
  const ensure = async (): Promise<void> => {
    const network = await options.ensureNetwork();
    const found = await inspectContainer(docker.getContainer(name));
    if (found?.State.Running && sharesNetwork(found, network)) {
      current = found.Id;
      return;
    }
    if (found) await discardContainer(docker.getContainer(found.Id));
    const container = await docker.createContainer({ name, ...(await describe(options, network.Id)) });
    await container.start();
    current = container.id;
  };

  const running = (): Docker.Container => {
    if (!current) throw new Error('the operator container is used before it is started');
    return docker.getContainer(current);
  };

  const remove = async (): Promise<void> => {
    const found = await inspectContainer(docker.getContainer(name));
    if (found) await discardContainer(docker.getContainer(found.Id));
  };

  return {
    blocks: { host: options.folders.blocks, container: mounts.blocks },
    trace: { host: traceFileIn(options.folders.trace), container: mounts.trace },
    sockets: { host: options.folders.wall, container: mounts.sockets },
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
      return { stream, resize: (rows, cols) => resize(exec, rows, cols), wait: () => exitOf(exec) };
    },
    run: (argv) => runExec(docker, running(), argv),
  };
}

export function traceFileIn(folder: string): string {
  return path.join(folder, 'log');
}

/** How the container is created. It writes only to memory, except for the trace, whose size is limited. */
async function describe(options: OperatorOptions, network: string): Promise<Docker.ContainerCreateOptions> {
  const { compose, folders, limits, labels } = options;
  const project = await viewOf(options);
  const scratch = (share: number): string => `rw,nosuid,nodev,mode=1777,size=${Math.floor(limits.disk * share)}`;
  return {
    Image: options.image,
    Labels: { ...labels, [roleLabel]: 'operator' },
    Cmd: ['bash', '-c', firstProcess],
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
      NetworkMode: `container:${network}`,
      Binds: [
        ...project.shown.map((file) => `${file}:${file}:ro`),
        `${folders.shared}:${folders.shared}:ro`,
        `${folders.wall}:${mounts.sockets}:ro`,
        `${folders.clock}:/drillbook:ro`,
        `${folders.blocks}:${mounts.blocks}:ro`,
        `${traceFileIn(folders.trace)}:${mounts.trace}`,
        ...project.hiddenFiles.map((file) => `/dev/null:${file}:ro`),
      ],
      Tmpfs: {
        '/tmp': scratch(0.5),
        '/var/tmp': scratch(0.25),
        '/home/oncall': scratch(0.25),
        ...Object.fromEntries(project.hiddenFolders.map((folder) => [folder, 'rw,size=64k,mode=755'])),
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

interface ProjectView {
  /** Absolute paths. */
  readonly shown: readonly string[];
  /** Below a shown folder. */
  readonly hiddenFolders: readonly string[];
  readonly hiddenFiles: readonly string[];
}

/** What procedures see of the project. Paths that do not exist are left out. */
async function viewOf({ compose, shown, hidden }: OperatorOptions): Promise<ProjectView> {
  const resolve = (name: string): string => path.resolve(compose.projectDir, name);
  const [wanted, unwanted] = [await existing(shown.map(resolve)), [...alwaysHidden, ...hidden].map(resolve)];
  // Compose must be able to read its files, wherever they are. Their paths are absolute in the record.
  const needed = new Set(shown.filter((name) => path.isAbsolute(name)));
  const kept = wanted.filter(({ file }) => needed.has(file) || !unwanted.some((folder) => isBelow(file, folder)));
  const folders = kept.filter(({ isFolder }) => isFolder);
  const masked = (await existing(unwanted)).filter(({ file }) =>
    folders.some((folder) => file !== folder.file && isBelow(file, folder.file)),
  );
  return {
    shown: kept.map(({ file }) => file),
    hiddenFolders: masked.flatMap(({ file, isFolder }) => (isFolder ? [file] : [])),
    hiddenFiles: masked.flatMap(({ file, isFolder }) => (isFolder ? [] : [file])),
  };
}

interface Found {
  readonly file: string;
  readonly isFolder: boolean;
}

async function existing(paths: readonly string[]): Promise<readonly Found[]> {
  const found = await Promise.all(
    [...new Set(paths)].map(async (file): Promise<readonly Found[]> => {
      const stats = await stat(file).catch(orUndefinedIfMissing);
      return stats ? [{ file, isFolder: stats.isDirectory() }] : [];
    }),
  );
  return found.flat();
}

function isBelow(file: string, folder: string): boolean {
  return file === folder || file.startsWith(folder.endsWith(path.sep) ? folder : `${folder}${path.sep}`);
}

/** A program that has ended has no terminal any more. Engines say so with different codes. */
async function resize(exec: Docker.Exec, rows: number, cols: number): Promise<void> {
  await exec.resize({ h: rows, w: cols }).catch((error: unknown) => {
    if (![404, 409, 500].includes(statusOf(error) ?? 0)) throw error;
  });
}

/** Each start gives a container a new network namespace. A container that shared the former one has no network then. */
function sharesNetwork(operator: Docker.ContainerInspectInfo, network: Docker.ContainerInspectInfo): boolean {
  const since = ({ State }: Docker.ContainerInspectInfo): number => Date.parse(State.StartedAt);
  return operator.HostConfig.NetworkMode === `container:${network.Id}` && since(network) <= since(operator);
}
