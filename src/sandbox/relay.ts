import { copyFile, mkdir } from 'node:fs/promises';
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type Docker from 'dockerode';

import { InputError } from '../kernel/errors.ts';
import { pollUntil } from '../kernel/poll-until.ts';
import { roleLabel } from './engine.ts';
import type { Address } from './sandbox.ts';

/** A port of a service that the harness itself must reach. */
export interface Door {
  readonly service: string;
  readonly port: number;
  /** The name by which the relay reaches it, if that is not the service's own name. */
  readonly host?: string;
}

/** A host outside the sandbox that the configuration lets the fleet reach. */
export interface AllowedHost {
  readonly host: string;
  readonly port: number;
  /** Its IP address, if the name should not be looked up. */
  readonly address?: string | undefined;
}

export interface RelayOptions {
  readonly docker: Docker;
  readonly project: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly image: string;
  /** The sandbox's folder for the relay's program. */
  readonly folder: string;
  readonly doors: readonly Door[];
  readonly allowedHosts: readonly AllowedHost[];
  /** The engine's names of the sandbox's own networks that the relay must be on. */
  readonly networks: readonly string[];
}

const firstPort = 20_000;

/** The relay was called "gate" at first. Its name, label and folder still are, as in sandboxes of older versions. */
function relayName(project: string): string {
  return `${project}-gate`;
}

/**
 * Starts the only container that is both on the sandbox's networks and on one that leads out.
 * - Drillbook's own connections go through it, so their address stays the same whatever a procedure restarts.
 * - The fleet's connections to hosts that the configuration allows go through it, too.
 */
export async function startRelay(options: RelayOptions): Promise<void> {
  const { docker, project, labels } = options;
  const mine = { ...labels, [roleLabel]: 'gate' };
  const name = relayName(project);
  const network = await docker.createNetwork({ Name: name, Driver: 'bridge', Labels: mine });
  const { IPAM } = (await network.inspect()) as {
    readonly IPAM: { readonly Config: readonly { readonly Subnet: string }[] };
  };
  const resolved = await Promise.all(options.allowedHosts.map(resolve));
  const plan = {
    outer: IPAM.Config[0]?.Subnet,
    inward: options.doors.map(({ service, port, host }, index) => ({
      listen: firstPort + index,
      host: host ?? service,
      port,
    })),
    outward: options.allowedHosts.map(({ host, port }) => ({ listen: port, host, port })),
  };
  await mkdir(options.folder, { recursive: true });
  await copyFile(
    fileURLToPath(new URL('../../images/gate/relay.mjs', import.meta.url)),
    path.join(options.folder, 'relay.mjs'),
  );
  const ports = plan.inward.map(({ listen }) => `${listen}/tcp`);
  const container = await docker.createContainer({
    name,
    Image: options.image,
    Labels: mine,
    Entrypoint: ['node', '/gate/relay.mjs'],
    Cmd: [],
    Env: [`GATE=${JSON.stringify(plan)}`],
    ExposedPorts: Object.fromEntries(ports.map((port) => [port, {}])),
    HostConfig: {
      NetworkMode: name,
      Init: true,
      PortBindings: Object.fromEntries(ports.map((port) => [port, [{ HostIp: '127.0.0.1', HostPort: '' }]])),
      Binds: [`${options.folder}:/gate:ro`],
      // In the relay's own hosts file: on the fleet's network these names lead to the relay itself.
      ExtraHosts: resolved,
      ReadonlyRootfs: true,
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
      Memory: 256 * 1024 * 1024,
      PidsLimit: 64,
      LogConfig: { Type: 'json-file', Config: { 'max-size': '1m', 'max-file': '1' } },
    },
  });
  const aliases = options.allowedHosts.map(({ host }) => host);
  for (const inner of options.networks)
    await docker.getNetwork(inner).connect({ Container: container.id, EndpointConfig: { Aliases: aliases } });
  await container.start();
}

/** The address of a door on this host; undefined if there is no such door. */
export async function addressOf(
  docker: Docker,
  project: string,
  doors: readonly Door[],
  service: string,
  port: number,
): Promise<Address | undefined> {
  const index = doors.findIndex((door) => door.service === service && door.port === port);
  if (index < 0) return undefined;
  // The engine knows the ports a moment after the start.
  const hostPort = await pollUntil(
    async () =>
      (await docker.getContainer(relayName(project)).inspect()).NetworkSettings.Ports[`${firstPort + index}/tcp`]?.[0]
        ?.HostPort,
    { what: `the relay's port for ${service}`, withinMs: 5000 },
  );
  return { host: '127.0.0.1', port: Number(hostPort) };
}

async function resolve({ host, address }: AllowedHost): Promise<string> {
  if (address !== undefined) return `${host}:${address}`;
  if (isIP(host) !== 0) return `${host}:${host}`;
  const found = await lookup(host, { family: 4 }).catch((cause: unknown) => {
    throw new InputError(`hosts: ${host} cannot be resolved`, {
      code: 'CONFIG_HOST_UNKNOWN',
      next: 'correct the name, or state its `address`',
      cause,
    });
  });
  return `${host}:${found.address}`;
}
