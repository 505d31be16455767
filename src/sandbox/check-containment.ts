import type { ComposeModel, ComposeService } from './compose-override.ts';

/** Capabilities with which a process gets out of its container, or into the traffic of others. */
const powers: ReadonlySet<string> = new Set([
  'ALL',
  'BPF',
  'DAC_READ_SEARCH',
  'MAC_ADMIN',
  'NET_ADMIN',
  'PERFMON',
  'SYS_ADMIN',
  'SYS_BOOT',
  'SYS_MODULE',
  'SYS_PTRACE',
  'SYS_RAWIO',
  'SYS_TIME',
]);

/** A way out of the sandbox that the compose file itself opens. */
export interface Opening {
  readonly service?: string;
  /** As it stands in the file, e.g. `privileged: true`. */
  readonly text: string;
}

/** What in a compose file would let whoever controls one of its containers reach beyond the sandbox. */
export function findOpenings(model: ComposeModel): readonly Opening[] {
  return [
    ...Object.entries(model.services).flatMap(([service, spec]) => openingsOf(spec).map((text) => ({ service, text }))),
    ...externals('network', model.networks),
    ...externals('volume', model.volumes),
    ...Object.entries(model.volumes ?? {}).flatMap(([name, volume]) =>
      volume?.driver_opts?.['o']?.split(',').includes('bind')
        ? [{ text: `volume ${name} binds ${volume.driver_opts['device'] ?? 'a folder of the host'}` }]
        : [],
    ),
  ];
}

function openingsOf(service: ComposeService): readonly string[] {
  const found: string[] = [];
  if (service.privileged === true) found.push('privileged: true');
  for (const key of ['network_mode', 'pid', 'ipc', 'uts', 'userns_mode', 'cgroup'] as const) {
    const value = service[key];
    if (value === 'host' || (value?.startsWith('container:') ?? false)) found.push(`${key}: ${value}`);
  }
  for (const capability of service.cap_add ?? []) {
    if (powers.has(capability.toUpperCase().replace(/^CAP_/, ''))) found.push(`cap_add: ${capability}`);
  }
  for (const { type, source = '' } of service.volumes ?? []) {
    if (
      type === 'bind' &&
      (/(^|\/)(docker|containerd|podman)[^/]*\.sock$/.test(source) ||
        /^\/(var\/)?run\/?$/.test(source) ||
        source === '/')
    )
      found.push(`a mount of ${source}`);
  }
  return found;
}

function externals(kind: 'network' | 'volume', objects: ComposeModel['networks'] = {}): readonly Opening[] {
  return Object.entries(objects).flatMap(([name, object]) =>
    object?.external === true ? [{ text: `the external ${kind} ${object.name ?? name}` }] : [],
  );
}
