/**
 * Compares a request to create or change something with the body that Compose sent when Drillbook started the sandbox.
 * Each `find…Problem` returns the first difference as a clause, or undefined if the request is allowed:
 *
 *     name → labels → fields of the container → environment → HostConfig (limits, ports, mounts) → network endpoints
 *
 * A field that the recorded body does not have may not be set, in any spelling. The `free…` lists name the exceptions.
 */
import { isDeepStrictEqual } from 'node:util';

import { asList, asObject, fieldProblem, isEmpty, shorten, subsetProblem, type Body } from './compare-fields.ts';

export type { Body } from './compare-fields.ts';

/** The bodies with which Compose created the sandbox: the compose file in Compose's own normalised form. */
export interface Creations {
  readonly containers: Readonly<Record<string, Body>>;
  /** By the name that the engine knows, as are the volumes. */
  readonly networks: Readonly<Record<string, Body>>;
  readonly volumes: Readonly<Record<string, Body>>;
}

export interface ContainerRequest {
  readonly name: string;
  readonly body: Body;
}

/** What the comparison needs besides the recorded bodies. */
export interface Ceiling {
  readonly project: string;
  /** Most memory that a container may get, bytes. */
  readonly memory: number;
  readonly processes: number;
  /**
   * Anonymous volumes that containers of the service have now. Compose passes them on when it recreates a container.
   */
  readonly inherited: readonly { readonly volume: string; readonly target: string }[];
}

/** Free for `compose run`: these fields change what runs inside, not what it can reach. `exec` could do the same. */
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
/** For these fields an empty list is not the same as none: it shows the container kernel files that Docker hides. */
const meaningfulWhenEmpty = ['MaskedPaths', 'ReadonlyPaths'];
const resources = ['NanoCpus', 'CpuShares', 'CpuQuota', 'CpuPeriod', 'CpusetCpus', 'MemoryReservation', 'BlkioWeight'];
const composeLabel = 'com.docker.compose.';

/** Why a container may not be created with this body; undefined if it may. */
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

/** Why a network or volume may not be created with this body; undefined if it may. */
export function findObjectProblem(kind: 'networks' | 'volumes', body: Body, creations: Creations): string | undefined {
  const { Name: name } = body;
  const recorded = typeof name === 'string' && Object.hasOwn(creations[kind], name) ? creations[kind][name] : undefined;
  if (!recorded) return `the compose file has no such ${kind.slice(0, -1)}`;
  return (
    labelProblem(asObject(body['Labels']), asObject(recorded['Labels'])) ??
    fieldProblem('', body, recorded, ['Labels', 'CheckDuplicate'])
  );
}

/** Why a container may not be connected to a network in this way; undefined if it may. */
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

/** Why the limits of a container may not be changed in this way; undefined if they may. */
export function findUpdateProblem(body: Body, ceiling: Pick<Ceiling, 'memory' | 'processes'>): string | undefined {
  const allowed = [...resources, 'Memory', 'MemorySwap', 'PidsLimit', 'RestartPolicy'];
  const folded = allowed.map(foldName);
  // An empty field changes nothing, unless it is one of the allowed fields in another spelling.
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

/** The name of a field as the engine compares it: without case, also for letters such as the Kelvin sign. */
export function foldName(name: string): string {
  return name.toUpperCase().toLowerCase();
}

/** The body with the labels of the sandbox, which replace labels of the same name. */
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

/** Variables may change, because a compose file can read them from the shell. Those that Drillbook set must stay. */
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

/** A limit may be raised up to the ceiling, because that cures some failures. A needed limit may not be removed (0). */
function limitProblem(
  limits: Body,
  { memory, processes }: Pick<Ceiling, 'memory' | 'processes'>,
  needed: { readonly memory: boolean; readonly processes: boolean },
): string | undefined {
  const [max, swap, pids] = [limits['Memory'] ?? 0, limits['MemorySwap'] ?? 0, limits['PidsLimit'] ?? 0];
  if (![max, swap, pids].every((value) => Number.isSafeInteger(value)))
    return 'Memory, MemorySwap or PidsLimit is not a whole number';
  if (Number(max) < 0 || Number(max) > memory || (needed.memory && max === 0))
    return `Memory is not within ${memory} bytes, the most that a container may have here`;
  if (Number(swap) < 0 || Number(swap) > memory * 2) return 'MemorySwap is more than a container may have here';
  if (Number(pids) < 0 || Number(pids) > processes || (needed.processes && pids === 0))
    return `PidsLimit is not within ${processes}, the most that a container may have here`;
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
