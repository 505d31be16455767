import { Document, isMap, isSeq, type Scalar } from 'yaml';

/** The parts of `docker compose config --format json` that Drillbook reads. */
export interface ComposeModel {
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly networks?: Readonly<Record<string, ComposeObject | null>>;
  readonly volumes?: Readonly<Record<string, ComposeObject | null>>;
}

export interface ComposeService {
  readonly image?: string;
  readonly healthcheck?: unknown;
  readonly networks?: Readonly<Record<string, unknown>> | null;
  readonly network_mode?: string;
  readonly privileged?: boolean;
  readonly pid?: string;
  readonly ipc?: string;
  readonly uts?: string;
  readonly userns_mode?: string;
  readonly cgroup?: string;
  readonly cap_add?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly devices?: readonly unknown[];
  readonly device_cgroup_rules?: readonly string[];
  readonly use_api_socket?: boolean;
  readonly volumes?: readonly {
    readonly type?: string;
    readonly source?: string;
    readonly target?: string;
    readonly read_only?: boolean;
  }[];
  readonly logging?: unknown;
  readonly mem_limit?: unknown;
  readonly pids_limit?: unknown;
  readonly deploy?: {
    readonly resources?: { readonly limits?: { readonly memory?: unknown; readonly pids?: unknown } };
  };
}

interface ComposeObject {
  readonly external?: boolean;
  readonly name?: string;
  readonly driver?: string;
  readonly driver_opts?: Readonly<Record<string, string>> | null;
}

export interface OverrideOptions {
  readonly labels: Readonly<Record<string, string>>;
  readonly clockDir: string;
  readonly realTimeServices: readonly string[];
  /** Services that Drillbook measures with, and their names on the network that only they and the relay share. */
  readonly controlled: Readonly<Record<string, string>>;
  /** The service that gets the control token, and the folder that holds the token. */
  readonly effects: { readonly service: string; readonly tokenDir: string };
  /**
   * Toxiproxy, if the fleet has it. It logs each toxic, and procedures can read its logs: they would show what was
   * broken.
   */
  readonly silent?: string | undefined;
  /** For services without limits of their own. */
  readonly limits: { readonly memory: number; readonly processes: number };
}

export const controlNetwork = 'drillbook-harness';
const tokenMount = '/run/drillbook-harness';

/**
 * The second compose file of a sandbox. The user's own file stays as it is. This one adds or replaces:
 * - labels on all objects, so that they can be found and removed
 * - the sandbox clock, preloaded into every service that can load it
 * - networks without a way out, and no published ports
 * - limits for services that have none
 */
export function renderOverride(model: ComposeModel, given: OverrideOptions): string {
  // To Compose a dollar is the beginning of a variable.
  const labels = Object.fromEntries(
    Object.entries(given.labels).map(([key, text]) => [key, text.replaceAll('$', '$$$$')]),
  );
  const options = { ...given, labels };
  const services = Object.fromEntries(
    Object.entries(model.services).map(([name, service]) => [name, overrideService(name, service, options)]),
  );
  const networks = Object.fromEntries(
    [...Object.keys(model.networks ?? { default: {} }), controlNetwork].map((name) => [
      name,
      // No route out, and no address of the host on the bridge.
      { labels, internal: true, driver_opts: { 'com.docker.network.bridge.inhibit_ipv4': 'true' } },
    ]),
  );
  const volumes = Object.fromEntries(Object.keys(model.volumes ?? {}).map((name) => [name, { labels }]));
  const document = new Document({ services, networks, ...(Object.keys(volumes).length > 0 ? { volumes } : {}) });
  for (const name of Object.keys(services)) {
    tag(document, ['services', name, 'ports'], '!reset');
    tag(document, ['services', name, 'dns'], '!override');
  }
  return document.toString();
}

function overrideService(name: string, service: ComposeService, options: OverrideOptions): Record<string, unknown> {
  const { labels, clockDir, realTimeServices, controlled, effects, limits } = options;
  const alias = controlled[name];
  const ownNetworks = Object.keys(service.networks ?? { default: null });
  const isEffects = name === effects.service;
  const environment = {
    ...(realTimeServices.includes(name) ? {} : { LD_PRELOAD: '/drillbook/libsandboxclock.so' }),
    ...(name === options.silent ? { LOG_LEVEL: 'fatal' } : {}),
    ...(isEffects ? { DRILLBOOK_CONTROL_HOST: alias ?? '', DRILLBOOK_CONTROL_TOKEN_FILE: `${tokenMount}/token` } : {}),
  };
  const volumes = [
    ...(realTimeServices.includes(name) ? [] : [`${clockDir}:/drillbook:ro`]),
    ...(isEffects ? [`${effects.tokenDir}:${tokenMount}:ro`] : []),
  ];
  const stated = service.deploy?.resources?.limits;
  return {
    labels,
    ports: [],
    // Otherwise the engine would ask the host's resolver for a container that has no route to it.
    dns: ['127.0.0.1'],
    ...(Object.keys(environment).length > 0 ? { environment } : {}),
    ...(volumes.length > 0 ? { volumes } : {}),
    ...(alias === undefined
      ? {}
      : {
          networks: {
            ...Object.fromEntries(ownNetworks.map((network) => [network, {}])),
            [controlNetwork]: { aliases: [alias] },
          },
        }),
    ...(service.mem_limit === undefined && stated?.memory === undefined ? { mem_limit: limits.memory } : {}),
    ...(service.pids_limit === undefined && stated?.pids === undefined ? { pids_limit: limits.processes } : {}),
    ...(service.logging === undefined
      ? { logging: { driver: 'json-file', options: { 'max-size': '64m', 'max-file': '2' } } }
      : {}),
  };
}

function tag(document: Document, path: readonly string[], name: string): void {
  const node = document.getIn(path, true) as Scalar | undefined;
  if (isSeq(node) || isMap(node)) node.tag = name;
}
