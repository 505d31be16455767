import { stat } from 'node:fs/promises';
import type Docker from 'dockerode';

import { engineSocket, roleLabel } from '../../src/sandbox/engine.ts';
import { runExec, type ExecOutcome } from '../../src/sandbox/run-exec.ts';

export { exitOf } from '../../src/sandbox/run-exec.ts';

/** Where a container finds the engine's socket, or the wall's. */
const socketFolder = '/run/drillbook';

/**
 * A copy of the operator in which the engine's own socket stands where the wall's does. It carries the sandbox's labels, so that it goes with
 * the sandbox whatever becomes of the test.
 */
export async function createTwin(docker: Docker, operatorId: string): Promise<Docker.Container> {
  const { Name, Config, HostConfig } = await docker.getContainer(operatorId).inspect();
  const socket = engineSocket();
  const twin = await docker.createContainer({
    name: `${Name.slice(1)}-twin`,
    Image: Config.Image,
    Labels: { ...Config.Labels, [roleLabel]: 'twin' },
    Cmd: Config.Cmd,
    User: Config.User,
    WorkingDir: Config.WorkingDir,
    Env: Config.Env,
    HostConfig: {
      ...HostConfig,
      Binds: [
        ...(HostConfig.Binds ?? []).filter((bind) => !bind.includes(`:${socketFolder}:`)),
        `${socket}:${socketFolder}/docker.sock`,
      ],
      // Whoever may speak to the engine on this machine may so in the twin.
      GroupAdd: [String((await stat(socket)).gid)],
    },
  });
  await twin.start();
  return twin;
}

/** Runs a script of the shell in a container, without a terminal. */
export function runScript(docker: Docker, container: Docker.Container, script: string): Promise<ExecOutcome> {
  return runExec(docker, container, ['bash', '-c', script]);
}
