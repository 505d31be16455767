import { stat } from 'node:fs/promises';
import type Docker from 'dockerode';

import { engineSocket, roleLabel } from '../../src/sandbox/engine.ts';
import { runExec, type ExecOutcome } from '../../src/sandbox/run-exec.ts';

export { exitOf } from '../../src/sandbox/run-exec.ts';

/** Folder of the socket inside a container: the engine's, or that of the wall. */
const socketFolder = '/run/drillbook';

/**
 * A copy of the operator with the engine's own socket in place of the wall's. It carries the sandbox's labels, so the
 * removal of the sandbox removes it too, even if the test fails.
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
      // The group that may use the engine's socket on this machine.
      GroupAdd: [String((await stat(socket)).gid)],
    },
  });
  await twin.start();
  return twin;
}

/** Runs a bash script in a container, without a terminal. */
export function runScript(docker: Docker, container: Docker.Container, script: string): Promise<ExecOutcome> {
  return runExec(docker, container, ['bash', '-c', script]);
}
