import { execFile, execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, openSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

import { pollUntil } from '../../src/kernel/poll-until.ts';
import { readSetupManifest } from '../../src/sandbox/setup-manifest.ts';
import { projectDir } from './run-drillbook.ts';

const run = promisify(execFile);

/** Why this machine cannot run a private engine; undefined if it can. */
export const whyNoPrivateEngine: string | undefined =
  process.platform !== 'linux' || process.getuid?.() !== 0
    ? 'only root on Linux can start an engine of its own'
    : ['dockerd', 'unshare', 'nsenter', 'ip'].find((name) => !isOnPath(name))?.replace(/$/, ' is not on the PATH');

/**
 * A Docker engine that a test may kill. It has its own namespaces: its containers, mounts and network end with their
 * first process, and that process ends with this test process, however that ends.
 */
export interface PrivateEngine extends AsyncDisposable {
  /** `DOCKER_HOST` for a command that shall use it. */
  readonly host: string;
  /** Goes before a command, so that it reaches the ports that containers publish. */
  readonly inItsNetwork: readonly string[];
  /** Kills the engine with SIGKILL. The containers go on running, as on any machine. */
  kill(): Promise<void>;
  start(): Promise<void>;
  docker(...args: readonly string[]): Promise<string>;
}

export async function startPrivateEngine(): Promise<PrivateEngine> {
  // The path of a unix socket must be short, so the folder is not below the checkout.
  const folder = await mkdtemp(path.join(tmpdir(), 'drillbook-engine-'));
  const host = `unix://${folder}/d.sock`;
  const namespaces = ['--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc'];
  const script = 'ip link set lo up && echo up && cat; exit';
  const machine = spawn('unshare', [...namespaces, '--', 'sh', '-c', script], { stdio: ['pipe', 'pipe', 'inherit'] });
  let daemon: ChildProcess | undefined;
  const docker = async (...args: readonly string[]): Promise<string> =>
    (await run('docker', args, { env: { ...process.env, DOCKER_HOST: host }, timeout: 120_000 })).stdout;
  const dispose = async (): Promise<void> => {
    await ended(machine, () => machine.kill('SIGKILL'));
    if (daemon) await ended(daemon, () => undefined);
    removeCgroups(path.basename(folder));
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const isUp = new Promise<true>((resolve) => machine.stdout.once('data', () => resolve(true)));
    await pollUntil(() => isUp, { what: 'the namespaces of a private engine', withinMs: 10_000 });
    const init = String(childOf(machine.pid ?? 0));
    const start = async (): Promise<void> => {
      const log = openSync(path.join(folder, 'log'), 'a');
      const flags = ['--data-root', `${folder}/data`, '--exec-root', `${folder}/exec`, '--pidfile', `${folder}/pid`];
      const pools = ['--default-address-pool', 'base=10.213.0.0/16,size=24'];
      const groups = ['--cgroup-parent', `/${path.basename(folder)}`];
      const argv = ['-t', init, '-n', '-m', '-p', 'dockerd', '-H', host, ...flags, ...pools, ...groups];
      daemon = spawn('nsenter', argv, { stdio: ['ignore', log, log] });
      await pollUntil(() => docker('version').then(() => true), { what: 'a private engine', withinMs: 30_000 });
    };
    const kill = async (): Promise<void> => {
      // `nsenter` is not the engine: it waits for the engine, which is its child.
      const started = daemon;
      if (started) await ended(started, () => process.kill(childOf(started.pid ?? 0), 'SIGKILL'));
    };
    await start();
    await docker('load', '--input', await packImages());
    return { host, inItsNetwork: ['nsenter', '-t', init, '-n'], kill, start, docker, [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

/** The images of the small project as one archive. It is packed again only when the images change. */
async function packImages(): Promise<string> {
  const { images } = await readSetupManifest(projectDir);
  const refs = [images.redis, images.fleet, images.operator, images.node].map(({ ref }) => ref);
  const name = createHash('sha256').update(refs.join(' ')).digest('hex').slice(0, 12);
  const file = path.join(projectDir, '.drillbook/images', `${name}.tar`);
  if (existsSync(file)) return file;
  await rm(path.dirname(file), { recursive: true, force: true });
  await mkdir(path.dirname(file), { recursive: true });
  await run('docker', ['save', '--output', `${file}.part`, ...refs], { timeout: 120_000 });
  await rename(`${file}.part`, file);
  return file;
}

async function ended(child: ChildProcess, end: () => unknown): Promise<void> {
  const isOver = (): boolean => child.exitCode !== null || child.signalCode !== null;
  if (!isOver()) end();
  await pollUntil(isOver, { what: `the end of ${child.spawnfile}`, withinMs: 10_000 });
}

function childOf(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')[0]);
}

/** Removes the control groups of the engine: the kernel keeps them, empty, after their processes have ended. */
function removeCgroups(name: string): void {
  execFileSync('sh', [
    '-c',
    'find /sys/fs/cgroup -depth -type d -path "*/$1*" -exec rmdir {} + 2>/dev/null; true',
    'sh',
    name,
  ]);
}

function isOnPath(name: string): boolean {
  return (process.env['PATH'] ?? '').split(path.delimiter).some((folder) => existsSync(path.join(folder, name)));
}
