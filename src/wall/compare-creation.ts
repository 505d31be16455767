import { isDeepStrictEqual } from 'node:util';

/** The bodies with which Compose created the sandbox: what the compose file says, in Compose's own normalised form. */
export interface Creations {
  readonly containers: Readonly<Record<string, Body>>;
  /** By the engine's name of the network or volume. */
  readonly networks: Readonly<Record<string, Body>>;
  readonly volumes: Readonly<Record<string, Body>>;
}
export type Body = Readonly<Record<string, unknown>>;

export interface ContainerRequest {
  readonly name: string;
  readonly body: Body;
}

/** What the comparison needs to know of the sandbox besides the recorded bodies. */
export interface Ceiling {
  readonly project: string;
  /** No container may get more memory than this, bytes. */
  readonly memory: number;
  readonly processes: number;
  /** Mounts of anonymous volumes that containers of the service have now: Compose hands them on when it recreates one. */
  readonly inherited: readonly { readonly volume: string; readonly target: string }[];
}

/** Differences that change what runs inside, not what it can reach; `compose run` makes them, and `exec` could do as much. */
const freeForOneOff = ['Cmd', 'Entrypoint', 'WorkingDir', 'User', 'Healthcheck', 'StopSignal', 'StopTimeout'];
const freeAlways = [
  'Tty',
  'OpenStdin',
  'StdinOnce',
  'AttachStdin',
  'AttachStdout',
  'AttachStderr',
  'Env',
  'Labels',
  'HostConfig',
  'NetworkingConfig',
];
const freeInHost = ['ConsoleSize', 'AutoRemove', 'RestartPolicy'];
/** Here an empty list is not the same as none: it takes away what hides the kernel's own files from a container. */
const meaningfulWhenEmpty = ['MaskedPaths', 'ReadonlyPaths'];
const resources = ['NanoCpus', 'CpuShares', 'CpuQuota', 'CpuPeriod', 'CpusetCpus', 'MemoryReservation', 'BlkioWeight'];
const composeLabel = 'com.docker.compose.';

/**
 * Why a container may not be created so; undefined when it may. Held against what Compose sent for the same service when
 * Drillbook started the sandbox, field by field; a field that was not in it, in whatever spelling, may not be set.
 */
export function findContainerProblem(
  { name, body }: ContainerRequest,
  creations: Creations,
  ceiling: Ceiling,
): string | undefined {
  const labels = asObject(body['Labels']);
  const service = labels[`${composeLabel}service`];
  const recorded =
    typeof service === 'string' && Object.hasOwn(creations.containers, service)
      ? creations.containers[service]
      : undefined;
  if (!recorded || typeof service !== 'string') return 'the compose file has no such service';
  const oneOff = labels[`${composeLabel}oneoff`] === 'True';
  return (
    nameProblem(name, ceiling.project) ??
    labelProblem(labels, asObject(recorded['Labels'])) ??
    fieldProblem('', body, recorded, [...freeAlways, ...(oneOff ? [...freeForOneOff, 'ExposedPorts'] : [])]) ??
    (oneOff ? subsetProblem('ExposedPorts', body['ExposedPorts'], recorded['ExposedPorts']) : undefined) ??
    environmentProblem(body['Env'], recorded['Env']) ??
    hostProblem(asObject(body['HostConfig']), asObject(recorded['HostConfig']), oneOff, ceiling) ??
    endpointsProblem(body['NetworkingConfig'], recorded['NetworkingConfig'], name)
  );
}

/** Why a network or volume may not be created so; undefined when it may. */
export function findObjectProblem(kind: 'networks' | 'volumes', body: Body, creations: Creations): string | undefined {
  const { Name: name } = body;
  const recorded = typeof name === 'string' && Object.hasOwn(creations[kind], name) ? creations[kind][name] : undefined;
  if (!recorded) return `the compose file has no such ${kind.slice(0, -1)}`;
  return (
    labelProblem(asObject(body['Labels']), asObject(recorded['Labels'])) ??
    fieldProblem('', body, recorded, ['Labels', 'CheckDuplicate'])
  );
}

/** Why an endpoint may not be added to a running container; undefined when it may. */
export function findConnectProblem(
  service: string,
  network: string,
  name: string,
  endpoint: unknown,
  creations: Creations,
): string | undefined {
  const recorded = creations.containers[service]?.['NetworkingConfig'];
  return endpointsProblem({ EndpointsConfig: { [network]: endpoint ?? {} } }, recorded, name);
}

/** Why the limits of a container may not be changed so; undefined when they may. */
export function findUpdateProblem(body: Body, ceiling: Pick<Ceiling, 'memory' | 'processes'>): string | undefined {
  const allowed = [...resources, 'Memory', 'MemorySwap', 'PidsLimit', 'RestartPolicy'];
  const folded = allowed.map(foldName);
  // What is empty changes nothing, unless it is one of these fields in another spelling.
  const odd = Object.keys(body).find(
    (key) => !allowed.includes(key) && (!isEmpty(body[key]) || folded.includes(foldName(key))),
  );
  if (odd !== undefined) return `${odd} may not be changed`;
  return limitProblem(
    { Memory: body['Memory'], MemorySwap: body['MemorySwap'], PidsLimit: body['PidsLimit'] },
    ceiling,
    { memory: false, processes: (body['PidsLimit'] ?? undefined) !== undefined },
  );
}

/** A field's name as the engine compares it: by its letters, of any case or kin. */
export function foldName(name: string): string {
  return name.toUpperCase().toLowerCase();
}

/** The body with the labels that everything of the sandbox carries, whatever it said of them. */
export function withLabels(body: Body, labels: Readonly<Record<string, string>>): Body {
  return { ...body, Labels: { ...asObject(body['Labels']), ...labels } };
}

export function isNameOf(name: string, project: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9_.-]*$/.test(name) && name.replace(/^[0-9a-f]{12}_/, '').startsWith(`${project}-`);
}

function nameProblem(name: string, project: string): string | undefined {
  return isNameOf(name, project) ? undefined : `its name does not begin with ${project}-`;
}

function labelProblem(labels: Body, recorded: Body): string | undefined {
  const project = `${composeLabel}project`;
  if (labels[project] !== recorded[project]) return `Labels.${project} is not this sandbox's`;
  const odd = Object.keys(labels).find(
    (key) => typeof labels[key] !== 'string' || (!key.startsWith(composeLabel) && labels[key] !== recorded[key]),
  );
  return odd === undefined ? undefined : `Labels.${odd} is not as in the compose file`;
}

/** Every field of either side must say the same, unless it is free. What is empty says nothing. */
function fieldProblem(prefix: string, body: Body, recorded: Body, free: readonly string[]): string | undefined {
  for (const key of new Set([...Object.keys(body), ...Object.keys(recorded)])) {
    if (free.includes(key)) continue;
    if (!isDeepStrictEqual(normalise(body[key]), normalise(recorded[key])))
      return `${prefix}${key} is not as in the compose file`;
  }
  return undefined;
}

/** Variables may be set, as a compose file that reads the shell's lets one do; those that Drillbook put in stay. */
function environmentProblem(env: unknown, recorded: unknown): string | undefined {
  const [now, then] = [asList(env), asList(recorded)];
  if (now.some((pair) => typeof pair !== 'string')) return 'Env is not a list of texts';
  const ours = then.filter((pair) => typeof pair === 'string' && /^(LD_PRELOAD|DRILLBOOK_\w+)=/.test(pair));
  const missing = ours.find((pair) => !now.includes(pair));
  const doubled = now.find((pair) => /^(LD_PRELOAD|DRILLBOOK_\w+)(=|$)/.test(String(pair)) && !ours.includes(pair));
  return missing === undefined && doubled === undefined ? undefined : 'Env changes what Drillbook set';
}

function hostProblem(host: Body, recorded: Body, oneOff: boolean, ceiling: Ceiling): string | undefined {
  const limits = ['Memory', 'MemorySwap', 'PidsLimit'];
  const apart = [...freeInHost, ...resources, ...limits, 'Binds', 'Mounts', 'PortBindings'];
  const shown = meaningfulWhenEmpty.find(
    (key) => !isDeepStrictEqual(host[key] ?? undefined, recorded[key] ?? undefined),
  );
  if (shown !== undefined) return `HostConfig.${shown} is not as in the compose file`;
  return (
    fieldProblem('HostConfig.', host, recorded, apart) ??
    limitProblem({ Memory: host['Memory'], MemorySwap: host['MemorySwap'], PidsLimit: host['PidsLimit'] }, ceiling, {
      memory: !isEmpty(recorded['Memory']),
      processes: !isEmpty(recorded['PidsLimit']),
    }) ??
    (oneOff
      ? subsetProblem('HostConfig.PortBindings', host['PortBindings'], recorded['PortBindings'])
      : fieldProblem(
          'HostConfig.',
          { PortBindings: host['PortBindings'] },
          { PortBindings: recorded['PortBindings'] },
          [],
        )) ??
    mountProblem('Binds', host['Binds'], recorded['Binds'], oneOff, ceiling) ??
    mountProblem('Mounts', host['Mounts'], recorded['Mounts'], oneOff, ceiling)
  );
}

/** A limit may be raised, which is some failure's cure, up to the ceiling; it may not be taken away, as 0 does where one is needed. */
function limitProblem(
  limits: Body,
  { memory, processes }: Pick<Ceiling, 'memory' | 'processes'>,
  needed: { readonly memory: boolean; readonly processes: boolean },
): string | undefined {
  const [max, swap, pids] = [limits['Memory'] ?? 0, limits['MemorySwap'] ?? 0, limits['PidsLimit'] ?? 0];
  if (![max, swap, pids].every((value) => Number.isSafeInteger(value)))
    return 'Memory, MemorySwap or PidsLimit is no whole number';
  if (Number(max) < 0 || Number(max) > memory || (needed.memory && max === 0))
    return `Memory lies beyond ${memory} bytes, the most a container may have here`;
  if (Number(swap) < 0 || Number(swap) > memory * 2) return 'MemorySwap lies beyond what a container may have here';
  if (Number(pids) < 0 || Number(pids) > processes || (needed.processes && pids === 0))
    return `PidsLimit lies beyond ${processes}, the most a container may have here`;
  return undefined;
}

function mountProblem(
  field: string,
  value: unknown,
  recorded: unknown,
  oneOff: boolean,
  { inherited }: Ceiling,
): string | undefined {
  const [mounts, known] = [asList(value), asList(recorded)];
  const isAmong = (mount: unknown, list: readonly unknown[]): boolean =>
    list.some((one) => isDeepStrictEqual(one, mount));
  const odd = mounts.find((mount) => !isAmong(mount, known) && !isInherited(mount, inherited));
  if (odd !== undefined) return `HostConfig.${field} has ${shorten(odd)}, which the compose file does not`;
  const missing = oneOff ? undefined : known.find((mount) => !isAmong(mount, mounts));
  return missing === undefined
    ? undefined
    : `HostConfig.${field} lacks ${shorten(missing)}, which the compose file has`;
}

function isInherited(mount: unknown, inherited: Ceiling['inherited']): boolean {
  const bind = typeof mount === 'string' ? /^([^:/]+):([^:]+)(?::(?:rw|ro|z|Z))?$/.exec(mount) : undefined;
  if (bind) return inherited.some(({ volume, target }) => volume === bind[1] && target === bind[2]);
  const { Type: type, Source: source, Target: target, ...rest } = asObject(mount);
  const plain = Object.entries(rest).every(([key, value]) => key === 'ReadOnly' || isEmpty(value));
  return type === 'volume' && plain && inherited.some((one) => one.volume === source && one.target === target);
}

function subsetProblem(field: string, value: unknown, recorded: unknown): string | undefined {
  const [now, then] = [asObject(value), asObject(recorded)];
  const odd = Object.keys(now).find(
    (key) => !Object.hasOwn(then, key) || !isDeepStrictEqual(normalise(now[key]), normalise(then[key])),
  );
  return odd === undefined ? undefined : `${field} has ${odd}, which the compose file does not`;
}

function endpointsProblem(value: unknown, recorded: unknown, name: string): string | undefined {
  const extra = Object.keys(asObject(value)).find((key) => key !== 'EndpointsConfig');
  if (extra !== undefined) return `NetworkingConfig.${extra} is not as in the compose file`;
  const [now, then] = [asObject(asObject(value)['EndpointsConfig']), asObject(asObject(recorded)['EndpointsConfig'])];
  for (const [network, endpoint] of Object.entries(now)) {
    if (!Object.hasOwn(then, network)) return `it joins the network ${network}, which the compose file does not`;
    const [mine, theirs] = [asObject(endpoint), asObject(then[network])];
    const problem = fieldProblem(`the endpoint's `, mine, theirs, ['Aliases']);
    if (problem) return problem;
    const aliases = [...asList(theirs['Aliases']), name, name.replace(/^[0-9a-f]{12}_/, '')];
    const odd = asList(mine['Aliases']).find((alias) => !aliases.includes(alias));
    if (odd !== undefined) return `it takes the name ${shorten(odd)} on ${network}, which the compose file does not`;
  }
  return undefined;
}

/**
 * Empty values are left out at every depth, so that `null`, `[]`, `""`, `0` and `false` are all as good as absent. An entry
 * whose value is `{}` stays: in `ExposedPorts` and the like the key is the statement.
 */
function normalise(value: unknown): unknown {
  if (Array.isArray(value))
    return value.length === 0 ? undefined : value.map((item) => (isObject(item) ? (normalise(item) ?? {}) : item));
  if (!isObject(value)) return isEmpty(value) ? undefined : value;
  const kept = Object.entries(value)
    .map(([key, item]) => [key, isObject(item) && Object.keys(item).length === 0 ? {} : normalise(item)] as const)
    .filter(([, item]) => item !== undefined);
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '' || value === 0 || value === false) return true;
  if (Array.isArray(value)) return value.every((item) => item === 0);
  return isObject(value) && Object.values(value).every(isEmpty);
}

function isObject(value: unknown): value is Body {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function asObject(value: unknown): Body {
  return isObject(value) ? value : {};
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : [];
}

function shorten(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > 120 ? `${text.slice(0, 119)}…` : text;
}
