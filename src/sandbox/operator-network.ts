import { copyFile, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type Docker from 'dockerode';

import { discardContainer, inspectContainer } from './find-container.ts';
import { roleLabel } from './engine.ts';

export interface OperatorNetworkOptions {
  readonly docker: Docker;
  readonly project: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly image: string;
  /** The sandbox's folder for the relay's program. */
  readonly folder: string;
  /** The engine's names of the networks that the operator is on: those of the api. */
  readonly networks: readonly string[];
  /** The operator's localhost serves these ports of a service, each only while the service accepts connections. */
  readonly localhost: { readonly host: string; readonly ports: readonly number[] };
}

/** Starts the program again if it ends. The container must go on, because the operator uses its network. */
const run = 'while true; do node /relay/relay.mjs; sleep 0.2; done';

/**
 * Starts the container that holds the operator's network, if it does not run. Its program is
 * images/operator-network/relay.mjs. Procedures can neither see nor end that program, because they run in another
 * container.
 * @returns the running container
 */
export async function ensureOperatorNetwork(options: OperatorNetworkOptions): Promise<Docker.ContainerInspectInfo> {
  const { docker, project, labels, image, folder, networks, localhost } = options;
  const name = `${project}-operator-network`;
  const found = await inspectContainer(docker.getContainer(name));
  if (found?.State.Running) return found;
  if (found) await discardContainer(docker.getContainer(found.Id));
  await mkdir(folder, { recursive: true });
  await copyFile(
    fileURLToPath(new URL('../../images/operator-network/relay.mjs', import.meta.url)),
    path.join(folder, 'relay.mjs'),
  );
  const [first = 'none', ...others] = networks;
  const container = await docker.createContainer({
    name,
    Hostname: 'operator',
    Image: image,
    Labels: { ...labels, [roleLabel]: 'operator-network' },
    Entrypoint: ['sh', '-c', run],
    Cmd: [],
    Env: [`RELAY=${JSON.stringify(localhost)}`],
    HostConfig: {
      NetworkMode: first,
      Init: true,
      // As for the fleet: otherwise the engine would ask the host's resolver.
      Dns: ['127.0.0.1'],
      Binds: [`${folder}:/relay:ro`],
      ReadonlyRootfs: true,
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
      Memory: 128 * 1024 * 1024,
      PidsLimit: 64,
      LogConfig: { Type: 'json-file', Config: { 'max-size': '1m', 'max-file': '1' } },
    },
  });
  for (const network of others) await docker.getNetwork(network).connect({ Container: container.id });
  await container.start();
  return container.inspect();
}
