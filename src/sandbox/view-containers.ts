import type Docker from 'dockerode';
import { createInterface } from 'node:readline';

import { defined } from '../kernel/defined.ts';
import { serviceLabel } from '../wall/boundary.ts';
import { sandboxLabel, statusOf } from './engine.ts';
import { findContainer } from './find-container.ts';
import type { ContainerFacts, ContainerViews, EngineEvent } from './sandbox.ts';
import { setUpOf } from './set-up-of.ts';

export function viewContainers(docker: Docker, id: string): ContainerViews {
  const label = `${sandboxLabel}=${id}`;
  const list = (further: readonly string[]): Promise<Docker.ContainerInfo[]> =>
    docker.listContainers({ all: true, filters: { label: [label, ...further] } });
  const containers = async (further: readonly string[]): Promise<readonly ContainerFacts[]> => {
    const facts = await Promise.all((await list(further)).map(({ Id }) => inspect(docker, Id)));
    return facts.filter((fact) => fact !== undefined).sort((a, b) => a.service.localeCompare(b.service));
  };
  return {
    containers: () => containers([serviceLabel]),
    find: async (service) => (await containers([`${serviceLabel}=${service}`]))[0],
    async imageIds() {
      const ids = (await list([serviceLabel])).map(({ Labels, ImageID }) => [Labels[serviceLabel] ?? '', ImageID]);
      return Object.fromEntries(ids.toSorted(([a = ''], [b = '']) => a.localeCompare(b))) as Record<string, string>;
    },
    async containerId(service) {
      return (await findContainer(docker, id, service)).id;
    },
    async logs(service) {
      const container = await findContainer(docker, id, service);
      return container.logs({ stdout: true, stderr: true, timestamps: true, follow: false });
    },
    async watchEvents(onEvent, signal) {
      const stream = await docker.getEvents({ filters: { label: [label], type: ['container'] }, abortSignal: signal });
      const lines = createInterface({ input: stream });
      // The abort ends the stream with an error, as intended. Readline passes that error on.
      for (const source of [stream, lines]) source.on('error', () => lines.close());
      lines.on('line', (line) => {
        const event = parseEvent(line);
        if (event) onEvent(event);
      });
    },
  };
}

/** Undefined for events of other containers than a service's, and for those of commands in a container. */
function parseEvent(line: string): EngineEvent | undefined {
  const { Action, Actor } = JSON.parse(line) as { Action: string; Actor: { Attributes: Record<string, string> } };
  const { [serviceLabel]: service, name = '', exitCode } = Actor.Attributes;
  if (!service || Action.startsWith('exec_')) return undefined;
  const code = exitCode === undefined ? undefined : Number(exitCode);
  return { service, name, action: Action.split(':')[0] ?? Action, ...defined({ exitCode: code }) };
}

async function inspect(docker: Docker, containerId: string): Promise<ContainerFacts | undefined> {
  const found = await docker
    .getContainer(containerId)
    .inspect()
    .catch((error: unknown) => {
      // A procedure may remove a container between the list and the look.
      if (statusOf(error) === 404) return undefined;
      throw error;
    });
  if (!found) return undefined;
  const health = found.State.Health?.Status;
  return {
    service: found.Config.Labels[serviceLabel] ?? '',
    name: found.Name.slice(1),
    state: found.State.Status,
    ...(health ? { health } : {}),
    restarts: found.RestartCount,
    exitCode: found.State.ExitCode,
    oomKilled: found.State.OOMKilled,
    startedAt: found.State.StartedAt,
    setUp: setUpOf(found),
  };
}
