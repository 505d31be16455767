import { describe, expect, test } from 'vitest';

import {
  findConnectProblem,
  findContainerProblem,
  findObjectProblem,
  findUpdateProblem,
  withLabels,
  type Body,
  type Creations,
} from './compare-creation.ts';

const project = 'drillbook-1';
const gibi = 1024 ** 3;
const volume = 'a'.repeat(64);
const ceiling = { project, memory: 4 * gibi, processes: 4096, inherited: [{ volume, target: '/cache' }] };

const labels = {
  'com.docker.compose.project': project,
  'com.docker.compose.service': 'worker',
  'com.docker.compose.oneoff': 'False',
  'com.docker.compose.container-number': '1',
  'io.drillbook.sandbox': '1',
};
/** A body as Compose sends it. */
const worker: Body = {
  Image: 'fleet:1',
  Hostname: '',
  Domainname: '',
  User: '',
  Env: ['LD_PRELOAD=/drillbook/libsandboxclock.so', 'SERVICE=worker'],
  Cmd: ['node', 'worker.ts'],
  Entrypoint: null,
  ExposedPorts: { '9000/tcp': {} },
  Volumes: null,
  WorkingDir: '',
  Labels: labels,
  StopTimeout: 5,
  HostConfig: {
    Binds: ['/srv/clock:/drillbook:ro'],
    NetworkMode: `${project}_default`,
    PortBindings: {},
    RestartPolicy: { Name: 'unless-stopped', MaximumRetryCount: 0 },
    CapAdd: null,
    CapDrop: ['NET_RAW'],
    Dns: ['127.0.0.1'],
    Memory: gibi,
    PidsLimit: 4096,
    Init: true,
    Mounts: [{ Type: 'volume', Source: `${project}_data`, Target: '/data', VolumeOptions: {} }],
    LogConfig: { Type: 'json-file', Config: { 'max-size': '64m' } },
  },
  NetworkingConfig: { EndpointsConfig: { [`${project}_default`]: { Aliases: ['worker'], IPAMConfig: null } } },
};
const creations: Creations = {
  containers: { worker },
  networks: {
    [`${project}_default`]: {
      Name: `${project}_default`,
      CheckDuplicate: true,
      Driver: 'bridge',
      Internal: true,
      Labels: { 'com.docker.compose.project': project, 'com.docker.compose.network': 'default' },
      Options: { 'com.docker.network.bridge.inhibit_ipv4': 'true' },
    },
  },
  volumes: { [`${project}_data`]: { Name: `${project}_data`, Labels: { 'com.docker.compose.project': project } } },
};
const name = `${project}-worker-1`;

const problemOf = (body: Body, given = name): string | undefined =>
  findContainerProblem({ name: given, body }, creations, ceiling);
const hosted = (host: Body, rest: Body = {}): Body => ({
  ...worker,
  ...rest,
  HostConfig: { ...(worker['HostConfig'] as Body), ...host },
});
const labelled = (more: Body, rest: Body = {}): Body => ({ ...worker, ...rest, Labels: { ...labels, ...more } });
const oneOff = (rest: Body = {}, host: Body = {}): Body => ({
  ...hosted(host, rest),
  Labels: { ...labels, 'com.docker.compose.oneoff': 'True' },
});

/** Fields of a host configuration that decide what a container can reach, each with a forbidden value. */
const hostFields: readonly (readonly [field: string, value: unknown])[] = [
  ['Annotations', { 'run.oci.handler': 'x' }],
  ['Binds', ['/:/host']],
  ['BlkioDeviceReadBps', [{ Path: '/dev/sda', Rate: 1 }]],
  ['CapAdd', ['SYS_ADMIN']],
  ['CapDrop', null],
  ['CapDrop', []],
  ['Capabilities', ['CAP_SYS_ADMIN']],
  ['Cgroup', 'container:x'],
  ['CgroupParent', '/x'],
  ['CgroupnsMode', 'host'],
  ['ContainerIDFile', '/etc/x'],
  ['CpuRealtimeRuntime', 1],
  ['DeviceCgroupRules', ['a *:* rwm']],
  ['DeviceRequests', [{ Count: -1 }]],
  ['Devices', [{ PathOnHost: '/dev/sda' }]],
  ['Dns', ['8.8.8.8']],
  ['Dns', []],
  ['DnsOptions', ['use-vc']],
  ['DnsSearch', ['x']],
  ['ExtraHosts', ['x:host-gateway']],
  ['GroupAdd', ['docker']],
  ['Init', false],
  ['IpcMode', 'host'],
  ['Isolation', 'process'],
  ['KernelMemory', 1],
  ['Links', ['/x:y']],
  ['LogConfig', { Type: 'syslog', Config: { 'syslog-address': 'tcp://x' } }],
  ['MaskedPaths', []],
  ['Memory', 0],
  ['Memory', -1],
  ['Memory', 8 * gibi],
  ['Memory', '1'],
  ['MemorySwap', -1],
  ['Mounts', [{ Type: 'bind', Source: '/', Target: '/host' }]],
  ['NetworkMode', 'host'],
  ['NetworkMode', 'bridge'],
  ['NetworkMode', ''],
  ['NetworkMode', 'container:x'],
  ['OomKillDisable', true],
  ['OomScoreAdj', -1000],
  ['PidMode', 'host'],
  ['PidMode', 'container:x'],
  ['PidsLimit', 0],
  ['PidsLimit', null],
  ['PidsLimit', -1],
  ['PidsLimit', 1e6],
  ['PortBindings', { '9000/tcp': [{ HostPort: '80' }] }],
  ['Privileged', true],
  ['PublishAllPorts', true],
  ['ReadonlyPaths', []],
  ['Runtime', 'kata'],
  ['SecurityOpt', ['seccomp=unconfined']],
  ['ShmSize', 1e12],
  ['StorageOpt', { size: '1t' }],
  ['Sysctls', { 'kernel.msgmax': '1' }],
  ['Tmpfs', { '/x': 'exec' }],
  ['UTSMode', 'host'],
  ['Ulimits', [{ Name: 'nofile', Soft: 1e6, Hard: 1e6 }]],
  ['UsernsMode', 'host'],
  ['VolumeDriver', 'x'],
  ['VolumesFrom', ['x']],
  // Other spellings, which the engine also accepts.
  ['privileged', true],
  ['binds', ['/:/host']],
  ['PIDMODE', 'host'],
  ['\u212Aernelmemory', 1],
];

describe('a container must be created as the compose file says', () => {
  test.each(hostFields)('names HostConfig.%s if it is %j', (field, value) => {
    const problem = problemOf(hosted({ [field]: value }));
    expect(problem).toContain(field);
  });

  test.each<[string, Body]>([
    ['Image', { Image: 'other' }],
    ['Hostname', { Hostname: 'x' }],
    ['Volumes', { Volumes: { '/x': {} } }],
    ['ExposedPorts', { ExposedPorts: { '1/tcp': {} } }],
    ['NetworkDisabled', { NetworkDisabled: true }],
    ['Cmd', { Cmd: ['x'] }],
    ['Entrypoint', { Entrypoint: ['x'] }],
    ['User', { User: 'root' }],
    ['hostconfig', { hostconfig: { Privileged: true } }],
    ['Binds', { Binds: ['/:/host'] }],
    ['__proto__', JSON.parse('{"__proto__":{"HostConfig":{"Privileged":true}}}') as Body],
    ['Env', { Env: ['LD_PRELOAD=/x.so'] }],
    ['Env', { Env: [...(worker['Env'] as string[]), 'LD_PRELOAD='] }],
    ['Env', { Env: [...(worker['Env'] as string[]), 'DRILLBOOK_CONTROL_HOST=x'] }],
    ['Env', { Env: [{}] }],
    ['NetworkingConfig.x', { NetworkingConfig: { x: 1 } }],
    ['network foreign', { NetworkingConfig: { EndpointsConfig: { foreign: {} } } }],
    [
      'IPAMConfig',
      { NetworkingConfig: { EndpointsConfig: { [`${project}_default`]: { IPAMConfig: { IPv4Address: '1.2.3.4' } } } } },
    ],
    ['redis', { NetworkingConfig: { EndpointsConfig: { [`${project}_default`]: { Aliases: ['redis'] } } } }],
  ])('names %s', (field, change) => {
    // A spread would lose a field that is called like the prototype.
    expect(problemOf(Object.assign(Object.create(null) as Body, worker, change))).toContain(field);
  });

  test.each<[string, Body]>([
    ['the project', { 'com.docker.compose.project': 'victim' }],
    ['the sandbox', { 'io.drillbook.sandbox': '2' }],
    ['a role', { 'io.drillbook.role': 'gate' }],
    ['no text', { 'com.docker.compose.version': 1 }],
  ])('refuses a forged label: %s', (_what, change) => {
    expect(problemOf(labelled(change))).toMatch(/^Labels\./);
  });

  test.each([['victim-worker-1'], [`x${project}-worker`], [''], [`${project}-../x`], [project]])(
    'refuses the name %j',
    (given) => {
      expect(problemOf(worker, given)).toMatch(/^its name/);
    },
  );

  test.each([['redis'], ['__proto__'], ['constructor'], [undefined]])('refuses the unknown service %j', (service) => {
    expect(problemOf(labelled({ 'com.docker.compose.service': service }))).toBe('the compose file has no such service');
  });
});

describe('a body with the same meaning is allowed', () => {
  test.each<[string, Body]>([
    ['the same body', worker],
    ['another order of fields', Object.fromEntries(Object.entries(worker).toReversed())],
    [
      'other empty values',
      hosted({ CapAdd: [], Devices: [], Privileged: false, Runtime: '', Sysctls: {}, ShmSize: 0 }),
    ],
    ['no list of hidden files', hosted({ MaskedPaths: null, ReadonlyPaths: null })],
    ['a restart policy, a terminal', hosted({ RestartPolicy: { Name: 'no' } }, { Tty: true, OpenStdin: true })],
    ['more memory, up to the ceiling', hosted({ Memory: 4 * gibi })],
    ['a variable of the caller’s shell', { ...worker, Env: [...(worker['Env'] as string[]), 'LEVEL=debug'] }],
    [
      'the container’s own name as an alias',
      { ...worker, NetworkingConfig: { EndpointsConfig: { [`${project}_default`]: { Aliases: ['worker', name] } } } },
    ],
    ['the label of a recreation', labelled({ 'com.docker.compose.replace': 'b'.repeat(64) })],
    ['an anonymous volume that is passed on', hosted({ Binds: ['/srv/clock:/drillbook:ro', `${volume}:/cache:rw`] })],
    [
      'an anonymous volume that is passed on as a mount',
      hosted({
        Mounts: [
          ...((worker['HostConfig'] as Body)['Mounts'] as unknown[]),
          { Type: 'volume', Source: volume, Target: '/cache' },
        ],
      }),
    ],
  ])('allows %s', (_what, body) => {
    expect(problemOf(body)).toBeUndefined();
  });

  test('allows the name that Compose gives a container while it replaces another', () => {
    expect(problemOf(labelled({ 'com.docker.compose.replace': 'x' }), `0123456789ab_${name}`)).toBeUndefined();
  });

  test('refuses an anonymous volume in another place, and a named volume', () => {
    const binds = (bind: string): Body => hosted({ Binds: ['/srv/clock:/drillbook:ro', bind] });
    expect(problemOf(binds(`${volume}:/elsewhere`))).toContain('Binds');
    expect(problemOf(binds(`${'c'.repeat(64)}:/cache`))).toContain('Binds');
    expect(problemOf(binds(`${volume}:/cache:rshared`))).toContain('Binds');
  });

  test('refuses a missing mount, except for one command', () => {
    expect(problemOf(hosted({ Binds: [] }))).toContain('lacks');
    expect(problemOf(oneOff({}, { Binds: [] }))).toBeUndefined();
  });
});

describe('a container for one command', () => {
  test('may run another command as another user', () => {
    expect(problemOf(oneOff({ Cmd: ['sh'], Entrypoint: ['x'], User: 'root', WorkingDir: '/' }))).toBeUndefined();
    expect(problemOf(oneOff({ ExposedPorts: {} }))).toBeUndefined();
  });
  test.each<[string, Body]>([
    ['Privileged', { Privileged: true }],
    ['Binds', { Binds: ['/:/host'] }],
    ['PortBindings', { PortBindings: { '9000/tcp': [{ HostPort: '' }] } }],
    ['ReadonlyPaths', { ReadonlyPaths: [] }],
    ['NetworkMode', { NetworkMode: 'host' }],
    ['CapAdd', { CapAdd: ['ALL'] }],
  ])('may not have %s', (field, host) => {
    expect(problemOf(oneOff({}, host))).toContain(field);
  });
});

describe('networks and volumes', () => {
  const network = creations.networks[`${project}_default`] ?? {};
  test('allows the same body, with or without the check for duplicates', () => {
    expect(findObjectProblem('networks', { ...network, CheckDuplicate: false }, creations)).toBeUndefined();
    expect(findObjectProblem('volumes', creations.volumes[`${project}_data`] ?? {}, creations)).toBeUndefined();
  });
  test.each<[string, Body]>([
    ['Internal', { ...network, Internal: false }],
    ['internal', { ...network, internal: true }],
    ['Driver', { ...network, Driver: 'host' }],
    ['Options', { ...network, Options: {} }],
    ['IPAM', { ...network, IPAM: { Config: [{ Subnet: '10.0.0.0/8' }] } }],
    ['no such network', { ...network, Name: 'other' }],
    ['no such network', { ...network, Name: '__proto__' }],
    ['no such network', {}],
  ])('names %s', (text, body) => {
    expect(findObjectProblem('networks', body, creations)).toContain(text);
  });
  test('refuses a volume with options', () => {
    const body = { ...creations.volumes[`${project}_data`], DriverOpts: { type: 'none', o: 'bind', device: '/' } };
    expect(findObjectProblem('volumes', body, creations)).toContain('DriverOpts');
  });
  test('connects a container only to the networks of its service', () => {
    expect(
      findConnectProblem('worker', `${project}_default`, name, { Aliases: ['worker'] }, creations),
    ).toBeUndefined();
    expect(findConnectProblem('worker', `${project}_drillbook-harness`, name, {}, creations)).toContain('joins');
    expect(findConnectProblem('', `${project}_default`, name, {}, creations)).toContain('joins');
  });
});

describe('limits of a running container', () => {
  test.each<[string, Body]>([
    ['processes', { PidsLimit: 0 }],
    ['processes', { PidsLimit: -1 }],
    ['pidslimit', { pidslimit: 0 }],
    ['pid\u017flimit', { 'pid\u017Flimit': 0 }],
    ['memory', { memory: 0 }],
    ['Memory', { Memory: 8 * gibi }],
    ['MemorySwap', { MemorySwap: -1 }],
    ['Devices', { Devices: [{ PathOnHost: '/dev/sda' }] }],
    ['CgroupParent', { CgroupParent: '/x' }],
    ['OomKillDisable', { OomKillDisable: true }],
    ['limits', { Memory: 0.5 }],
  ])('refuses %s: %j', (_field, body) => {
    expect(findUpdateProblem(body, ceiling)).toEqual(expect.any(String));
  });
  test.each<[string, Body]>([
    ['more memory', { Memory: 2 * gibi, MemorySwap: 4 * gibi }],
    [
      'the empty fields that the command sends',
      { Memory: 0, CgroupParent: '', Devices: null, PidsLimit: null, CpuShares: 512 },
    ],
    ['fewer processes', { PidsLimit: 10 }],
  ])('allows %s', (_what, body) => {
    expect(findUpdateProblem(body, ceiling)).toBeUndefined();
  });
});

test('adds the labels of the sandbox to every body', () => {
  expect(withLabels({ Labels: { a: '1', b: '2' } }, { b: '3' })).toEqual({ Labels: { a: '1', b: '3' } });
  expect(withLabels({}, { b: '3' })).toEqual({ Labels: { b: '3' } });
});
