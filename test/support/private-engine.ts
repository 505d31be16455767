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

/** Why no private engine can be had here; undefined when it can. */
export const whyNoPrivateEngine: string | undefined =
  process.platform !== 'linux' || process.getuid?.() !== 0
    ? 'only root on Linux can start an engine of its own'
    : ['dockerd', 'unshare', 'nsenter', 'ip'].find((name) => !isOnPath(name))?.replace(/$/, ' is not on the PATH');

/**
 * A Docker engine that a test may kill, in namespaces of its own: its processes (containers too), mounts and network
 * end with the namespaces' first process, which ends when this test process does, however that happens.
 */
export interface PrivateEngine extends AsyncDisposable {
  /** For the environment of a command that is to use it. */
  readonly host: string;
  /** Words to put before a command so that it reaches the ports that containers publish. */
  readonly inItsNetwork: readonly string[];
  /** SIGKILL of the engine; the containers live on, as they do on any machine. */
  kill(): Promise<void>;
  start(): Promise<void>;
  docker(...args: readonly string[]): Promise<string>;
}

export async function startPrivateEngine(): Promise<PrivateEngine> {
  // A unix socket's path has little room, so not below the checkout.
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
      // nsenter itself is not the engine but waits for it, in the other namespace.
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

/** The images of the small project as one archive, made once for each set of them. */
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

/** The kernel keeps the empty groups of processes that are gone. */
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
