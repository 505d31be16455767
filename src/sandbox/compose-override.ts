import { stringify } from 'yaml';

/** What Drillbook reads of `docker compose config --format json`. */
export interface ComposeModel {
  readonly services: Readonly<
    Record<string, { readonly image?: string; readonly healthcheck?: unknown; readonly networks?: unknown }>
  >;
  readonly networks?: Readonly<Record<string, unknown>>;
  readonly volumes?: Readonly<Record<string, unknown>>;
}

/**
 * The second compose file of a sandbox: labels on all that is created, and the sandbox clock preloaded into every
 * service that can load it. The user's file stays as it is.
 */
export function renderOverride(
  model: ComposeModel,
  labels: Readonly<Record<string, string>>,
  clockDir: string,
  realTimeServices: readonly string[],
): string {
  const services = Object.fromEntries(
    Object.keys(model.services).map((name) => [
      name,
      realTimeServices.includes(name)
        ? { labels }
        : {
            labels,
            environment: { LD_PRELOAD: '/drillbook/libsandboxclock.so' },
            volumes: [`${clockDir}:/drillbook:ro`],
          },
    ]),
  );
  const networks = Object.fromEntries(Object.keys(model.networks ?? { default: {} }).map((name) => [name, { labels }]));
  const volumes = Object.fromEntries(Object.keys(model.volumes ?? {}).map((name) => [name, { labels }]));
  return stringify({ services, networks, ...(Object.keys(volumes).length > 0 ? { volumes } : {}) });
}
