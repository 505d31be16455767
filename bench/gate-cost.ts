// What the gate costs: core seconds and wall time of one `drillbook verify`, by process and by phase.
//
//   npm run bench:gate                      the whole gate
//   npm run bench:gate -- --only queue-paused
//
// Once a second it reads how much CPU the machine, each container (cgroup) and each process of the engine and of
// Drillbook has used. The phases come from the run's own history. Linux only; other work on the machine counts too.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const ticksPerSecond = 100;
const engineProcesses = /^(dockerd|containerd|containerd-shim|docker-proxy|runc)/;

/** CPU seconds so far, by what used them. */
type Usage = Map<string, number>;
interface Reading {
  readonly atMs: number;
  readonly machine: number;
}

const names = new Map<string, string>();
const used: Usage = new Map();
const lastReading: Usage = new Map();
const readings: Reading[] = [];

const before = {
  machine: machineSeconds(),
  engine: engineSeconds(),
  containers: allContainersSeconds(),
  wallMs: Date.now(),
};
const idsBefore = new Set(containerFolders().keys());
const child = spawn(process.execPath, ['bin/drillbook.mjs', 'verify', ...process.argv.slice(2)], { stdio: 'inherit' });
const timer = setInterval(read, 1000);
child.once('exit', (code) => {
  clearInterval(timer);
  read();
  report();
  process.exitCode = code ?? 70;
});

function read(): void {
  readings.push({ atMs: Date.now(), machine: machineSeconds() });
  for (const [id, folder] of containerFolders()) {
    if (idsBefore.has(id)) continue;
    const seconds = containerSeconds(folder);
    if (seconds !== undefined) count(`container:${id}`, seconds);
    if (!names.has(id)) names.set(id, nameOf(id));
  }
  const own = processSeconds(child.pid ?? 0, true);
  if (own !== undefined) used.set('process:drillbook', own);
}

/** A container that is restarted counts from 0 again. */
function count(key: string, seconds: number): void {
  const last = lastReading.get(key) ?? 0;
  used.set(key, (used.get(key) ?? 0) + (seconds < last ? seconds : seconds - last));
  lastReading.set(key, seconds);
}

/** Busy time of all cores since boot. */
function machineSeconds(): number {
  const [first = ''] = readFileSync('/proc/stat', 'utf8').split('\n', 1);
  const [, user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = first.split(/\s+/).map(Number);
  return (user + nice + system + irq + softirq) / ticksPerSecond;
}

/** The cgroup folder of each running container, by its id, for cgroup v1 and v2. */
function containerFolders(): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const parent of ['/sys/fs/cgroup/cpuacct/docker', '/sys/fs/cgroup/docker', '/sys/fs/cgroup/system.slice']) {
    if (!existsSync(parent)) continue;
    for (const name of readdirSync(parent)) {
      const id = /^(?:docker-)?([0-9a-f]{64})(?:\.scope)?$/.exec(name)?.[1];
      if (id !== undefined) found.set(id, path.join(parent, name));
    }
  }
  return found;
}

/**
 * What all containers have used, those that are gone too; undefined if the engine keeps them under no cgroup of their
 * own.
 */
function allContainersSeconds(): number | undefined {
  return ['/sys/fs/cgroup/cpuacct/docker', '/sys/fs/cgroup/docker']
    .filter((folder) => existsSync(folder))
    .map(containerSeconds)
    .find((seconds) => seconds !== undefined);
}

/** Undefined for a container that ended between the listing and the reading. */
function containerSeconds(folder: string): number | undefined {
  try {
    if (existsSync(path.join(folder, 'cpuacct.usage'))) {
      return Number(readFileSync(path.join(folder, 'cpuacct.usage'), 'utf8')) / 1e9;
    }
    const usec = /usage_usec (\d+)/.exec(readFileSync(path.join(folder, 'cpu.stat'), 'utf8'))?.[1];
    return usec === undefined ? undefined : Number(usec) / 1e6;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || (error as NodeJS.ErrnoException).code === 'ENODEV')
      return;
    throw error;
  }
}

/** The service of a Compose container, or the name of any other. */
function nameOf(id: string): string {
  const format = '{{index .Config.Labels "com.docker.compose.service"}}|{{.Name}}';
  const { stdout } = spawnSync('docker', ['inspect', '--format', format, id], { encoding: 'utf8' });
  const [service = '', name = ''] = stdout.trim().split('|');
  return service || name.replace(/^\/drillbook-[0-9a-f]+-/, '').replace(/^\//, '') || 'unknown container';
}

/** CPU seconds of a process; with `family` also of its children that have ended. */
function processSeconds(pid: number, family: boolean): number | undefined {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
      .map(Number);
    const [user = 0, system = 0, childUser = 0, childSystem = 0] = fields.slice(11, 15);
    return (user + system + (family ? childUser + childSystem : 0)) / ticksPerSecond;
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}

function engineSeconds(): number {
  let sum = 0;
  for (const pid of readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)) {
    const command = commandOf(pid);
    if (engineProcesses.test(command)) sum += processSeconds(pid, false) ?? 0;
  }
  return sum;
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8');
  } catch {
    return '';
  }
}

function report(): void {
  const machine = machineSeconds() - before.machine;
  const wall = (Date.now() - before.wallMs) / 1000;
  const rows = new Map<string, number>();
  const add = (name: string, seconds: number) => rows.set(name, (rows.get(name) ?? 0) + seconds);
  for (const [key, seconds] of used) {
    const id = key.replace(/^container:/, '');
    add(key.startsWith('container:') ? (names.get(id) ?? id) : 'Drillbook', seconds);
  }
  const all = allContainersSeconds();
  if (all !== undefined && before.containers !== undefined) {
    const named = [...used]
      .filter(([key]) => key.startsWith('container:'))
      .reduce((sum, [, seconds]) => sum + seconds, 0);
    add('containers, after their last reading', all - before.containers - named);
  }
  add('engine (dockerd, containerd, shims)', engineSeconds() - before.engine);
  const known = [...rows.values()].reduce((sum, seconds) => sum + seconds, 0);
  const print = (line: string) => process.stdout.write(`${line}\n`);
  print(`\ngate cost: ${machine.toFixed(0)} core seconds, ${wall.toFixed(0)} s wall`);
  for (const [name, seconds] of [...rows].sort(([, a], [, b]) => b - a))
    print(`  ${seconds.toFixed(1).padStart(7)}  ${name}`);
  print(
    `  ${(machine - known).toFixed(1).padStart(7)}  health checks and other short processes, interrupts, and whatever else ran`,
  );
  for (const [name, { seconds, wallMs }] of byPhase()) {
    print(`  ${seconds.toFixed(1).padStart(7)}  core s ${(wallMs / 1000).toFixed(1).padStart(7)} s wall  ${name}`);
  }
}

interface PhaseLine {
  readonly type: string;
  readonly t: number;
  readonly phase?: string;
  readonly arm?: string;
  readonly startedAt?: string;
}

/** Spreads the machine's busy time over the phases of the newest run. */
function byPhase(): readonly (readonly [string, { seconds: number; wallMs: number }])[] {
  const run = readdirSync('reports')
    .filter((name) => existsSync(path.join('reports', name, 'history.jsonl')))
    .sort()
    .at(-1);
  if (run === undefined) return [];
  const totals = new Map<string, { seconds: number; wallMs: number }>();
  let startMs = 0;
  let open: { name: string; fromMs: number } | undefined;
  for (const line of readFileSync(path.join('reports', run, 'history.jsonl'), 'utf8').split('\n')) {
    if (!/"type":"(run.started|phase\.)/.test(line)) continue;
    const event = JSON.parse(line) as PhaseLine;
    if (event.type === 'run.started') startMs = Date.parse(event.startedAt ?? '') - event.t;
    if (event.type === 'phase.started') {
      open = { name: `${event.arm ?? 'run'} ${event.phase}`, fromMs: startMs + event.t };
    }
    if (event.type === 'phase.ended' && open !== undefined) {
      const total = totals.get(open.name) ?? { seconds: 0, wallMs: 0 };
      const untilMs = startMs + event.t;
      total.seconds += machineAt(untilMs) - machineAt(open.fromMs);
      total.wallMs += untilMs - open.fromMs;
      totals.set(open.name, total);
      open = undefined;
    }
  }
  return [...totals].sort(([, a], [, b]) => b.seconds - a.seconds);
}

/** Linear between two readings. */
function machineAt(atMs: number): number {
  const next = readings.findIndex((reading) => reading.atMs >= atMs);
  const right = readings[next === -1 ? readings.length - 1 : next];
  const left = next > 0 ? readings[next - 1] : right;
  if (right === undefined || left === undefined) return 0;
  if (right.atMs === left.atMs) return right.machine;
  const share = Math.min(1, Math.max(0, (atMs - left.atMs) / (right.atMs - left.atMs)));
  return left.machine + share * (right.machine - left.machine);
}
