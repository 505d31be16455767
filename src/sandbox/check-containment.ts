import path from 'node:path';

import type { ComposeModel, ComposeService } from './compose-override.ts';

/** Capabilities that let a process leave its container, or reach the traffic of other containers. */
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
/** Folders of the host that lead to its kernel, its engine or its devices. */
const vital = ['/dev', '/proc', '/run', '/sys', '/var/run', '/var/lib/containerd', '/var/lib/docker'];

/** A way out of the sandbox that the compose file opens. */
export interface Opening {
  readonly service?: string;
  /** As in the file, e.g. `privileged: true`. */
  readonly text: string;
}

/** The settings in a compose file that would let a process in one of its containers reach beyond the sandbox. */
export function findOpenings(model: ComposeModel, projectDir: string): readonly Opening[] {
  return [
    ...Object.entries(model.services).flatMap(([service, spec]) =>
      openingsOf(spec, projectDir).map((text) => ({ service, text })),
    ),
    ...externals('network', model.networks),
    ...externals('volume', model.volumes),
    ...Object.entries(model.networks ?? {}).flatMap(([name, network]) =>
      // All drivers except bridge lead onto the host's own networks, even if the network is internal.
      network?.driver === undefined || network.driver === 'bridge'
        ? []
        : [{ text: `network ${name} with the driver ${network.driver}` }],
    ),
    ...Object.entries(model.volumes ?? {}).flatMap(([name, volume]) =>
      volume?.driver_opts?.['o']?.split(',').some((option) => /^r?bind$/.test(option))
        ? [{ text: `volume ${name} binds ${volume.driver_opts['device'] ?? 'a folder of the host'}` }]
        : [],
    ),
  ];
}

function openingsOf(service: ComposeService, projectDir: string): readonly string[] {
  const found: string[] = [];
  if (service.privileged === true) found.push('privileged: true');
  if (service.use_api_socket === true) found.push('use_api_socket: true');
  for (const key of ['network_mode', 'pid', 'ipc', 'uts', 'userns_mode', 'cgroup'] as const) {
    const value = service[key];
    if (value === 'host' || (value?.startsWith('container:') ?? false)) found.push(`${key}: ${value}`);
  }
  // The engine's default bridge leads out, and all containers without a network of their own share it.
  const mode = service.network_mode;
  if (mode === 'bridge' || mode === 'default') found.push(`network_mode: ${mode}`);
  for (const capability of service.cap_add ?? []) {
    if (powers.has(capability.toUpperCase().replace(/^CAP_/, ''))) found.push(`cap_add: ${capability}`);
  }
  for (const option of service.security_opt ?? []) {
    if (/[:=](unconfined|disable)$/.test(option)) found.push(`security_opt: ${option}`);
  }
  for (const key of ['devices', 'device_cgroup_rules'] as const) {
    if ((service[key] ?? []).length > 0) found.push(key);
  }
  for (const { type, source = '', read_only: readOnly } of service.volumes ?? []) {
    if (type !== 'bind') continue;
    if (source === '/' || source.endsWith('.sock') || vital.some((folder) => isWithin(source, folder)))
      found.push(`a mount of ${source}`);
    else if (readOnly !== true && isWithin(projectDir, source)) found.push(`a writable mount of ${source}`);
  }
  return found;
}

function isWithin(inner: string, outer: string): boolean {
  const steps = path.relative(outer, inner);
  return steps === '' || !(steps === '..' || steps.startsWith('../'));
}

function externals(kind: 'network' | 'volume', objects: ComposeModel['networks'] = {}): readonly Opening[] {
  return Object.entries(objects).flatMap(([name, object]) =>
    object?.external === true ? [{ text: `the external ${kind} ${object.name ?? name}` }] : [],
  );
}
