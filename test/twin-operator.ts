import { stat } from 'node:fs/promises';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import type Docker from 'dockerode';

import { pollUntil } from '../src/kernel/poll-until.ts';
import { engineSocket, roleLabel } from '../src/sandbox/engine.ts';

export interface Outcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

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
export async function runScript(docker: Docker, container: Docker.Container, script: string): Promise<Outcome> {
  const exec = await container.exec({ Cmd: ['bash', '-c', script], AttachStdout: true, AttachStderr: true });
  const stream = await exec.start({});
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  docker.modem.demuxStream(stream, stdout, stderr);
  stream.once('end', () => {
    stdout.end();
    stderr.end();
  });
  const [out, err] = await Promise.all([text(stdout), text(stderr)]);
  return { exitCode: await exitCodeOf(exec), stdout: out, stderr: err };
}

/** The engine reports the exit code a moment after the stream ends. */
export function exitCodeOf(exec: Docker.Exec): Promise<number> {
  return pollUntil(
    async () => {
      const { Running, ExitCode } = await exec.inspect();
      return Running || ExitCode === null ? undefined : { ExitCode };
    },
    { what: 'the exit code of a command', withinMs: 20_000, everyMs: 25 },
  ).then(({ ExitCode }) => ExitCode);
}
