import type Docker from 'dockerode';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';

import { DrillbookError } from '../kernel/errors.ts';
import type { AdjustableClock } from '../kernel/clock.ts';
import { breakContainers } from './break-containers.ts';
import { bypassProxy } from './bypass-proxy.ts';
import { openRateSetter } from './clock-file.ts';
import type { ContainerBaselines } from './container-baseline.ts';
import { findContainer } from './find-container.ts';
import type { SandboxWallOptions } from './open-sandbox-wall.ts';
import { addressOf, type Door } from './relay.ts';
import { repairContainers } from './repair-containers.ts';
import type { ComposeFiles } from './run-compose.ts';
import type { OperatorContainer, Sandbox } from './sandbox.ts';
import { viewContainers } from './view-containers.ts';

interface HandleParts {
  readonly docker: Docker;
  readonly id: string;
  readonly directory: string;
  readonly compose: ComposeFiles;
  readonly clock: AdjustableClock;
  readonly clockFile: string;
  readonly controlToken: string;
  readonly operator: OperatorContainer;
  readonly doors: readonly Door[];
  /** How the services were before anything could change them. */
  readonly pristine: ContainerBaselines;
  /** Services that procedures may have changed since the last look. */
  readonly touched: Set<string>;
  readonly openWall: (
    callbacks: Pick<SandboxWallOptions, 'onEvent' | 'onTouched' | 'beforeEnd'>,
  ) => ReturnType<Sandbox['openWall']>;
}

/** Puts the handle together. Each group of its methods is a file of its own. */
export function createHandle(parts: HandleParts): Sandbox {
  const { docker, id, compose, pristine, touched } = parts;
  return {
    id,
    project: compose.project,
    directory: parts.directory,
    clock: parts.clock,
    openRates: () => openRateSetter(parts.clockFile, parts.clock),
    controlToken: parts.controlToken,
    operator: parts.operator,
    ...viewContainers(docker, id),
    ...breakContainers(docker, id),
    ...repairContainers({ docker, id, compose, pristine, touched }),
    async address(service, port) {
      const found = await addressOf(docker, compose.project, parts.doors, service, port);
      if (!found)
        throw new DrillbookError(`the sandbox has no door to port ${port} of ${service}`, {
          code: 'DOOR_UNKNOWN',
          next: 'name the service and its port in drillbook.config.ts',
        });
      bypassProxy(found.host);
      return found;
    },
    async exec(service, argv) {
      const container = await findContainer(docker, id, service);
      const exec = await container.exec({ Cmd: [...argv], AttachStdout: true, AttachStderr: false });
      const [stdout, stderr] = [new PassThrough(), new PassThrough()];
      const stream = await exec.start({});
      docker.modem.demuxStream(stream, stdout, stderr);
      stream.once('end', () => stdout.end());
      return text(stdout);
    },
    openWall: (onEvent, beforeEnd) =>
      parts.openWall({ onEvent, onTouched: (service) => touched.add(service), beforeEnd }),
  };
}
