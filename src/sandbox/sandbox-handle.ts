import type Docker from 'dockerode';
import { createInterface } from 'node:readline';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';

import { DrillbookError } from '../kernel/errors.ts';
import type { SandboxClock } from '../kernel/clock.ts';
import { serviceLabel, singleRunLabel } from '../wall/boundary.ts';
import { findMiscounted, findSpoiled, type Conditions } from './container-baseline.ts';
import { sandboxLabel } from './engine.ts';
import { addressOf, type Door } from './relay.ts';
import { runCompose, type ComposeFiles } from './run-compose.ts';
import type { ContainerFacts, OperatorContainer, Sandbox } from './sandbox.ts';
import { setUpOf } from './set-up-of.ts';
import { tarOf } from './tar.ts';

interface HandleParts {
  readonly docker: Docker;
  readonly id: string;
  readonly directory: string;
  readonly compose: ComposeFiles;
  readonly clock: SandboxClock;
  readonly controlToken: string;
  readonly operator: OperatorContainer;
  readonly doors: readonly Door[];
  /** How the services were when nothing had got into them. */
  readonly pristine: Conditions;
  /** Services that procedures may have changed since they were last looked at. */
  readonly touched: Set<string>;
  readonly openWall: (
    onEvent: Parameters<Sandbox['openWall']>[0],
    onTouched: (service: string) => void,
  ) => ReturnType<Sandbox['openWall']>;
}

export async function findContainer(docker: Docker, id: string, service: string): Promise<Docker.Container> {
  const [found] = await docker.listContainers({
    all: true,
    filters: { label: [`${sandboxLabel}=${id}`, `${serviceLabel}=${service}`] },
  });
  if (!found) {
    throw new DrillbookError(`the sandbox has no container of service ${service}`, {
      code: 'SERVICE_UNKNOWN',
      next: 'check the service names in drillbook.config.ts',
    });
  }
  return docker.getContainer(found.Id);
}

export function createHandle(parts: HandleParts): Sandbox {
  const { docker, id, compose } = parts;
  const label = `${sandboxLabel}=${id}`;
  const find = (service: string): Promise<Docker.Container> => findContainer(docker, id, service);
  const recreate = async (service: string): Promise<void> => {
    await runCompose(compose, ['up', '-d', '--force-recreate', '--no-deps', '-t', '1', service], 60_000);
  };

  return {
    id,
    project: compose.project,
    directory: parts.directory,
    clock: parts.clock,
    controlToken: parts.controlToken,
    operator: parts.operator,
    async address(service, port) {
      const found = await addressOf(docker, compose.project, parts.doors, service, port);
      if (found) return found;
      throw new DrillbookError(`the sandbox has no door to port ${port} of ${service}`, {
        code: 'DOOR_UNKNOWN',
        next: 'name the service and its port in drillbook.config.ts',
      });
    },
    async containers() {
      const found = await docker.listContainers({ all: true, filters: { label: [label] } });
      const facts = await Promise.all(
        found.filter(({ Labels }) => Labels[serviceLabel]).map(({ Id }) => inspect(docker, Id)),
      );
      return facts.filter((fact) => fact !== undefined).sort((a, b) => a.service.localeCompare(b.service));
    },
    async imageIds() {
      const found = await docker.listContainers({ all: true, filters: { label: [label] } });
      const ids = found.map(({ Labels, ImageID }) => [Labels[serviceLabel] ?? '', ImageID] as const);
      const ofServices = ids.filter(([service]) => service !== '');
      return Object.fromEntries(ofServices.toSorted(([a], [b]) => a.localeCompare(b)));
    },
    async watchEvents(onEvent, signal) {
      const stream = await docker.getEvents({ filters: { label: [label], type: ['container'] }, abortSignal: signal });
      const lines = createInterface({ input: stream });
      // The stream ends with an error when the signal aborts; that is how it is meant to end. Readline passes it on.
      for (const source of [stream, lines]) source.on('error', () => lines.close());
      lines.on('line', (line) => {
        const { Action, Actor } = JSON.parse(line) as { Action: string; Actor: { Attributes: Record<string, string> } };
        const { [serviceLabel]: service, name = '', exitCode } = Actor.Attributes;
        if (service && !Action.startsWith('exec_')) {
          onEvent({
            service,
            name,
            action: Action.split(':')[0] ?? Action,
            ...(exitCode === undefined ? {} : { exitCode: Number(exitCode) }),
          });
        }
      });
    },
    async containerId(service) {
      return (await find(service)).id;
    },
    async kill(service, signal) {
      await (await find(service)).kill({ signal });
    },
    async restart(service) {
      await (await find(service)).restart({ t: 1 });
    },
    async start(service) {
      await (await find(service)).start();
    },
    async setFrozen(service, frozen) {
      const container = await find(service);
      await (frozen ? container.pause() : container.unpause());
    },
    async putFile(service, file, content) {
      await (await find(service)).putArchive(tarOf(file, content), { path: '/' });
    },
    recreate,
    async restore() {
      const remove = async (further: string): Promise<void> => {
        for (const { Id } of await docker.listContainers({ all: true, filters: { label: [label, further] } }))
          await docker.getContainer(Id).remove({ force: true, v: true });
      };
      await remove(`${singleRunLabel}=True`);
      const miscounted = await findMiscounted(docker, id, parts.pristine);
      for (const { service } of miscounted) {
        // Of two containers Compose may keep the second, whose name is another.
        await remove(`${serviceLabel}=${service}`);
        await recreate(service);
      }
      const spoiled = await findSpoiled(docker, id, parts.touched, parts.pristine);
      for (const { service } of spoiled) await recreate(service);
      parts.touched.clear();
      return [...miscounted, ...spoiled];
    },
    async limitMemory(service, bytes) {
      const container = await find(service);
      const { Memory, MemorySwap } = (await container.inspect()).HostConfig;
      // Without a limit of its own for swap a process that needs more would be swapped out, not killed.
      await container.update({ Memory: bytes, MemorySwap: bytes });
      return async () => {
        // Each container of a sandbox has limits of its own or the configuration's.
        if ((await find(service)).id === container.id) await container.update({ Memory, MemorySwap });
      };
    },
    openWall: (onEvent) => parts.openWall(onEvent, (service) => parts.touched.add(service)),
    async exec(service, argv) {
      const exec = await (await find(service)).exec({ Cmd: [...argv], AttachStdout: true, AttachStderr: false });
      const [stdout, stderr] = [new PassThrough(), new PassThrough()];
      const stream = await exec.start({});
      docker.modem.demuxStream(stream, stdout, stderr);
      stream.once('end', () => stdout.end());
      return text(stdout);
    },
    async logs(service) {
      return (await find(service)).logs({ stdout: true, stderr: true, timestamps: true, follow: false });
    },
  };
}

async function inspect(docker: Docker, containerId: string): Promise<ContainerFacts | undefined> {
  const found = await docker
    .getContainer(containerId)
    .inspect()
    .catch((error: unknown) => {
      // A procedure may remove a container between the list and the look.
      if ((error as { statusCode?: number }).statusCode === 404) return undefined;
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
