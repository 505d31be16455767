import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

import { takeLease } from '../../src/sandbox/lease.ts';
import { projectDir } from './run-drillbook.ts';

const run = promisify(execFile);

/** Objects of another owner that look like those of a sandbox. Drillbook must never touch them. */
export interface Canary extends AsyncDisposable {
  /** The id of each object, and since when it has been in its state. Must stay the same. */
  look(): Promise<readonly string[]>;
}

/**
 * Starts two traps, both named as a sandbox names its objects:
 * - a container whose labels are almost those of a sandbox of `project`
 * - a Compose project with services, a network and a volume: the sandbox of another project, with a dead owner
 */
export async function startCanary(project: string): Promise<Canary> {
  const manifest = JSON.parse(await readFile(path.join(projectDir, '.drillbook/setup.json'), 'utf8')) as {
    readonly images: { readonly redis: { readonly ref: string } };
  };
  const image = manifest.images.redis.ref;
  const [one, other] = [randomBytes(4).toString('hex'), randomBytes(4).toString('hex')];
  const folder = await mkdtemp(path.join(tmpdir(), `drillbook-canary-`));
  const taken = takeLease(`${project}-elsewhere`, 'verify');
  const lease = { ...taken, id: other, owner: { ...taken.owner, pidStart: '1' } };
  const theirs = {
    'io.drillbook.sandbox': other,
    'io.drillbook.project': lease.projectDir,
    'io.drillbook.lease': JSON.stringify(lease),
  };
  const nearly = {
    'io.drillbook.sandboxx': one,
    'io.drillbook': 'sandbox',
    'io.drillbook.project': project,
    'com.docker.compose.project': `drillbook-${one}`,
    'com.docker.compose.service': 'redis',
  };
  const service = { image, labels: theirs };
  const compose = {
    services: { redis: { ...service, volumes: ['redis-data:/data'] }, 'worker-nurturing': service },
    networks: { default: { labels: theirs } },
    volumes: { 'redis-data': { labels: theirs } },
  };
  const file = path.join(folder, 'compose.json');
  await writeFile(file, JSON.stringify(compose));
  const composed = ['compose', '-p', `drillbook-${other}`, '-f', file];
  const labels = Object.entries(nearly).flatMap(([key, value]) => ['--label', `${key}=${value}`]);
  const name = `drillbook-${one}-redis-1`;
  await run('docker', ['run', '-d', '--name', name, ...labels, image]);
  await run('docker', [...composed, 'up', '-d']);

  const look = async (): Promise<readonly string[]> => {
    const containers = [name, `drillbook-${other}-redis-1`, `drillbook-${other}-worker-nurturing-1`];
    const outputs = await Promise.all([
      run('docker', ['inspect', '-f', '{{.Id}} {{.State.Status}} since {{.State.StartedAt}}', ...containers]),
      run('docker', ['network', 'inspect', '-f', '{{.Id}} {{len .Containers}}', `drillbook-${other}_default`]),
      run('docker', ['volume', 'inspect', '-f', '{{.Name}} {{.CreatedAt}}', `drillbook-${other}_redis-data`]),
    ]);
    return outputs.flatMap(({ stdout }) => stdout.trim().split('\n'));
  };
  const stop = async (): Promise<void> => {
    await run('docker', ['rm', '-f', '-v', name]);
    await run('docker', [...composed, 'down', '-v', '-t', '0']);
    await rm(folder, { recursive: true });
  };
  return { look, [Symbol.asyncDispose]: stop };
}
