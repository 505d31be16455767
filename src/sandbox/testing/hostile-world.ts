import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import Docker from 'dockerode';

import type { WallEvent } from '../../wall/open-wall.ts';
import { engineSocket, sandboxLabel } from '../engine.ts';
import { runExec } from '../run-exec.ts';
import { readRecord, type SandboxRecord } from '../sandbox-record.ts';
import type { Sandbox } from '../sandbox.ts';
import type { SetupManifest } from '../setup-manifest.ts';
import { testContainer } from './beside-sandbox.ts';

export interface Ran {
  readonly exitCode: number;
  /** Both streams. */
  readonly output: string;
}

/**
 * A sandbox, another owner's objects beside it on the same engine (the victims), and two places from which to attack.
 */
export interface HostileWorld extends AsyncDisposable {
  readonly docker: Docker;
  readonly record: SandboxRecord;
  /** A text that only the victims hold. */
  readonly secret: string;
  /** The beginning of the name of every object outside the sandbox. */
  readonly mark: string;
  /** The variables of a script. */
  variables(): Promise<Readonly<Record<string, string>>>;
  /** Runs in the operator, behind the wall. */
  runWalled(script: string): Promise<Ran & { readonly events: readonly WallEvent[] }>;
  /** Runs in an ordinary container with the engine's own socket. */
  runBare(script: string): Promise<Ran>;
  /** Which of these have changed. */
  harms(): Promise<readonly ('victims' | 'ours' | 'made')[]>;
  /** Puts everything back as it was. */
  restore(): Promise<void>;
  /** A listener on this host, and where it listens. */
  readonly listener: { readonly port: number; readonly otherPort: number; readonly address: string };
}

const victimLabel = 'io.drillbook.hostile';
const prelude = String.raw`
# The time limits below are real seconds, in the operator too.
unset LD_PRELOAD
api() { curl -sS -m 20 --path-as-is --unix-socket /run/docker.sock -H 'content-type: application/json' "$@"; }
raw() { perl -MIO::Socket::UNIX -e '
  my $s = IO::Socket::UNIX->new(Peer => "/run/docker.sock") or die "connect: $!"; local $/; my $said = <STDIN>;
  $SIG{PIPE} = "IGNORE"; $SIG{ALRM} = sub { exit 0 }; $| = 1; alarm 6; print $s $said; $s->flush; while (sysread($s, my $b, 65536)) { print $b }'; }
`;

/** Starts before the sandbox, whose configuration may allow it. */
export async function listenOnHost(): Promise<{ readonly ports: readonly number[]; close(): void }> {
  const servers = await Promise.all(
    [0, 1].map(
      () =>
        new Promise<Server>((resolve) => {
          const server = createServer((_request, response) => response.end('the host answers\n'));
          server.listen(0, '0.0.0.0', () => resolve(server));
        }),
    ),
  );
  return {
    ports: servers.map((server) => (server.address() as AddressInfo).port),
    close: () => {
      for (const server of servers) {
        server.closeAllConnections();
        server.close();
      }
    },
  };
}

/** The host's address on the engine's own bridge. */
export async function bridgeAddress(docker: Docker): Promise<string> {
  const { IPAM } = (await docker.getNetwork('bridge').inspect()) as {
    IPAM: { Config: { Subnet: string; Gateway?: string }[] };
  };
  const [config] = IPAM.Config;
  return config?.Gateway ?? (config?.Subnet ?? '').replace(/\.\d+\/\d+$/, '.1');
}

export async function createHostileWorld(
  sandbox: Sandbox,
  manifest: SetupManifest,
  ports: readonly number[],
): Promise<HostileWorld> {
  const docker = new Docker();
  const record = await readRecord(sandbox.directory);
  const mark = `hostile-${randomBytes(3).toString('hex')}`;
  const secret = `secret-${randomBytes(8).toString('hex')}`;
  const folder = await mkdtemp(path.join(tmpdir(), `${mark}-`));
  const secretFile = path.join(folder, 'secret');
  await writeFile(secretFile, secret);
  const image = manifest.images.operator.ref;
  const redisImage = manifest.images.redis.ref;
  const labels = { [victimLabel]: mark };
  const project = `${mark}-fleet`;
  const names = {
    VICTIM: `${mark}-victim`,
    VICTIM_REDIS: `${mark}-redis`,
    VICTIM_STOPPED: `${mark}-stopped`,
    VICTIM_NET: `${mark}-net`,
    VICTIM_SPARE_NET: `${mark}-spare-net`,
    VICTIM_VOL: `${mark}-vol`,
    VICTIM_PROJECT: project,
    MADE: `${mark}-made`,
    FOREIGN_IMAGE: `${mark}-image:1`,
  };

  const service = (name: string): Record<string, string> => ({
    ...labels,
    'com.docker.compose.project': project,
    'com.docker.compose.service': name,
    'com.docker.compose.oneoff': 'False',
    'com.docker.compose.container-number': '1',
    'com.docker.compose.config-hash': 'x',
  });

  const createVictims = async (): Promise<void> => {
    for (const name of [names.VICTIM_NET, names.VICTIM_SPARE_NET])
      await docker.createNetwork({ Name: name, Labels: labels });
    await docker.createVolume({ Name: names.VICTIM_VOL, Labels: labels });
    const victim = await docker.createContainer({
      name: names.VICTIM,
      Image: image,
      Labels: service('worker-nurturing'),
      Env: [`SECRET=${secret}`],
      Cmd: ['bash', '-c', 'printf %s "$SECRET" >/secret; echo "$SECRET"; exec tail -f /dev/null'],
      HostConfig: { NetworkMode: names.VICTIM_NET, Binds: [`${names.VICTIM_VOL}:/data`], Init: true },
    });
    await testContainer(redisImage, service('redis'))
      .withName(names.VICTIM_REDIS)
      .withCommand(['redis-server', '--save', '', '--protected-mode', 'no'])
      .withExposedPorts(6379)
      .withNetworkMode(names.VICTIM_NET)
      .start();
    await docker.createContainer({
      name: names.VICTIM_STOPPED,
      Image: image,
      Labels: labels,
      Cmd: ['sleep', '60'],
    });
    await docker.getImage(image).tag({ repo: `${mark}-image`, tag: '1' });
    await victim.start();
  };

  const isMade = (name: string): boolean => name.startsWith(names.MADE) || name === `${record.compose.project}-made`;
  /** Removes each object whose name and labels are meant. */
  const remove = async (isMeant: (name: string, of: Readonly<Record<string, string>>) => boolean): Promise<void> => {
    const containers = await docker.listContainers({ all: true });
    const gone = containers.filter(({ Names, Labels }) => isMeant(Names[0]?.slice(1) ?? '', Labels));
    await Promise.all(gone.map(({ Id }) => docker.getContainer(Id).remove({ force: true, v: true })));
    for (const { Id, Name } of await docker.listNetworks()) {
      if (!isMeant(Name, {})) continue;
      const { Containers } = await docker.getNetwork(Id).inspect();
      for (const id of Object.keys(Containers ?? {}))
        await docker.getNetwork(Id).disconnect({ Container: id, Force: true });
      await docker.getNetwork(Id).remove();
    }
    for (const { Name } of (await docker.listVolumes()).Volumes)
      if (isMeant(Name, {})) await docker.getVolume(Name).remove();
    for (const { RepoTags } of await docker.listImages())
      for (const tag of RepoTags?.filter((one) => isMeant(one, {})) ?? []) await docker.getImage(tag).remove();
  };
  const removeAll = (keep?: string): Promise<void> =>
    remove((name, of) => name !== keep && (name.startsWith(mark) || isMade(name) || of[victimLabel] === mark));

  const inspectAll = async (own: readonly string[]) =>
    Promise.all(
      own.map((name) =>
        docker
          .getContainer(name)
          .inspect()
          .catch((error: unknown) => String(error)),
      ),
    );

  /** Everything in the victims that an attack could change. */
  const victims = async (): Promise<unknown> => {
    const containers = await inspectAll([names.VICTIM, names.VICTIM_REDIS, names.VICTIM_STOPPED]);
    const networks = await Promise.all(
      [names.VICTIM_NET, names.VICTIM_SPARE_NET].map((name) =>
        docker
          .getNetwork(name)
          .inspect()
          .then(({ Id, Containers }) => ({ Id, on: Object.keys(Containers ?? {}) }), String),
      ),
    );
    const volume = await docker
      .getVolume(names.VICTIM_VOL)
      .inspect()
      .then((found) => (found as { readonly CreatedAt?: string }).CreatedAt, String);
    const picture = await docker
      .getImage(names.FOREIGN_IMAGE)
      .inspect()
      .then(({ Id }) => Id, String);
    return { containers: containers.map(essence), networks, volume, picture };
  };

  /** The settings of the fleet's own containers that an attack could change. */
  const ours = async (): Promise<unknown> => {
    const label = [`${sandboxLabel}=${record.id}`, 'com.docker.compose.service'];
    const all = await docker.listContainers({ all: true, filters: { label } });
    return (await inspectAll(all.map(({ Id }) => Id).toSorted())).map(making);
  };

  /** Names of the objects that an attack created: with the mark `MADE`, or in the sandbox's project. */
  const made = async (): Promise<readonly string[]> => {
    const [containers, networks, volumes, images] = await Promise.all([
      docker.listContainers({ all: true }),
      docker.listNetworks(),
      docker.listVolumes(),
      docker.listImages(),
    ]);
    return [
      ...containers.flatMap(({ Names }) => Names.map((name) => name.slice(1))),
      ...networks.map(({ Name }) => Name),
      ...volumes.Volumes.map(({ Name }) => Name),
      ...images.flatMap(({ RepoTags }) => RepoTags ?? []),
    ].filter(isMade);
  };

  const variables = async (): Promise<Record<string, string>> => {
    const own = await sandbox.containerId('worker-nurturing');
    const [victim, redis, mine] = await Promise.all([
      docker.getContainer(names.VICTIM).inspect(),
      docker.getContainer(names.VICTIM_REDIS).inspect(),
      docker.getContainer(own).inspect(),
    ]);
    // Another client prepared this command. A block that learns its id could start it.
    const prepared = await docker.getContainer(victim.Id).exec({ Cmd: ['cat', '/secret'], AttachStdout: true });
    return {
      ...names,
      FOREIGN_EXEC: prepared.id,
      VICTIM_ID: victim.Id,
      VICTIM_SHORT: victim.Id.slice(0, 12),
      VICTIM_REDIS_IP: redis.NetworkSettings.Networks[names.VICTIM_NET]?.IPAddress ?? '',
      VICTIM_REDIS_PORT: redis.NetworkSettings.Ports['6379/tcp']?.[0]?.HostPort ?? '',
      SECRET_FILE: secretFile,
      IMAGE: image,
      REDIS_IMAGE: redisImage,
      SOCKET: engineSocket(),
      PROJECT: record.compose.project,
      SANDBOX: record.id,
      OWN: mine.Name.slice(1),
      BODY: JSON.stringify(record.wall.creations.containers['worker-nurturing']),
      NETWORK_BODY: JSON.stringify(record.wall.creations.networks[`${record.compose.project}_default`]),
    };
  };
  const complete = async (script: string): Promise<readonly string[]> => {
    const exports = Object.entries(await variables()).map(
      ([key, value]) => `${key}='${value.replaceAll("'", `'\\''`)}'`,
    );
    // Attacks give all other objects a name that begins with MADE, so that they can be found and removed.
    return ['bash', '-c', `${exports.join('\n')}\n${prelude}\n${script}`];
  };

  await createVictims();
  let wholeVictims = JSON.stringify(await victims());
  let wholeOurs = JSON.stringify(await ours());
  const bare = await docker.createContainer({
    Image: image,
    Labels: labels,
    Cmd: ['tail', '-f', '/dev/null'],
    name: `${mark}-bare`,
    WorkingDir: record.compose.projectDir,
    Env: [
      `COMPOSE_PROJECT_NAME=${record.compose.project}`,
      `COMPOSE_FILE=${record.compose.files.join(':')}`,
      ...Object.entries(record.compose.environment).map((pair) => pair.join('=')),
    ],
    HostConfig: {
      Init: true,
      Binds: [
        `${engineSocket()}:/run/drillbook/docker.sock`,
        `${record.compose.projectDir}:${record.compose.projectDir}:ro`,
      ],
    },
  });
  await bare.start();
  const harms: HostileWorld['harms'] = async () => {
    const [victimsNow, oursNow, things] = await Promise.all([victims(), ours(), made()]);
    return [
      ...(JSON.stringify(victimsNow) === wholeVictims ? [] : ['victims' as const]),
      ...(JSON.stringify(oursNow) === wholeOurs ? [] : ['ours' as const]),
      ...(things.length === 0 ? [] : ['made' as const]),
    ];
  };

  let events: WallEvent[] = [];
  const wall = await sandbox.openWall((event) => void events.push(event));

  return {
    docker,
    record,
    secret,
    mark,
    variables,
    harms,
    listener: { port: ports[0] ?? 0, otherPort: ports[1] ?? 0, address: await bridgeAddress(docker) },
    async runWalled(script) {
      events = [];
      await sandbox.operator.ensure();
      const { exitCode, stdout, stderr } = await sandbox.operator.run(await complete(script));
      return { exitCode, output: stdout + stderr, events };
    },
    async runBare(script) {
      const { exitCode, stdout, stderr } = await runExec(docker, bare, await complete(script));
      return { exitCode, output: stdout + stderr };
    },
    async restore() {
      const done = await harms();
      if (done.includes('made')) await remove(isMade);
      if (JSON.stringify(await ours()) !== wholeOurs) {
        await sandbox.recreate('worker-nurturing');
        wholeOurs = JSON.stringify(await ours());
      }
      if (done.includes('victims')) {
        await removeAll(`${mark}-bare`);
        await createVictims();
        wholeVictims = JSON.stringify(await victims());
      }
    },
    async [Symbol.asyncDispose]() {
      await wall.close();
      await removeAll();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

type Inspected = Docker.ContainerInspectInfo | string;

function essence(found: Inspected): unknown {
  if (typeof found === 'string') return found;
  const { Id, Name, State, HostConfig, NetworkSettings, Config } = found;
  const { Status, StartedAt } = State;
  return { Id, Name, Status, StartedAt, HostConfig, networks: Object.keys(NetworkSettings.Networks), Config };
}

/** Without the parts that a restart changes. */
function making(found: Inspected): unknown {
  if (typeof found === 'string') return found;
  const { Id, Name, HostConfig, NetworkSettings, Config } = found;
  return { Id, Name, HostConfig, networks: Object.keys(NetworkSettings.Networks).toSorted(), Config };
}
