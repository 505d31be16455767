import { finished, PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import type Docker from 'dockerode';

import { pollUntil } from '../kernel/poll-until.ts';
import { engineSocket, sandboxLabels } from './engine.ts';
import type { ComposeFiles } from './run-compose.ts';
import type { OperatorContainer, TtyProcess } from './sandbox.ts';

export interface OperatorOptions {
  readonly docker: Docker;
  readonly id: string;
  readonly compose: ComposeFiles;
  readonly image: string;
  readonly clockDir: string;
  readonly traceDir: string;
  /** The api's container id, looked up at each need because a procedure may recreate it. */
  readonly findApi: () => Promise<string>;
}

const traceMount = '/trace';

/**
 * The container in which procedures run: it shares the api's network namespace, sees the project under the host's own
 * path (so Compose computes the same configuration hashes) and has Compose pointed at this sandbox.
 */
export function createOperator(options: OperatorOptions): OperatorContainer {
  const { docker, compose } = options;
  const name = `${compose.project}-operator`;
  let current: string | undefined;

  const create = async (api: string): Promise<string> => {
    const container = await docker.createContainer({
      name,
      Image: options.image,
      Labels: sandboxLabels(options.id, compose.projectDir),
      Cmd: ['tail', '-f', '/dev/null'],
      WorkingDir: compose.projectDir,
      Env: [
        `COMPOSE_PROJECT_NAME=${compose.project}`,
        `COMPOSE_FILE=${compose.files.join(':')}`,
        'LD_PRELOAD=/drillbook/libsandboxclock.so',
        'TERM=xterm-256color',
        'LANG=C.UTF-8',
        ...Object.entries(compose.environment).map((pair) => pair.join('=')),
      ],
      HostConfig: {
        NetworkMode: `container:${api}`,
        Init: true,
        Binds: [
          `${engineSocket()}:/var/run/docker.sock`,
          `${compose.projectDir}:${compose.projectDir}:ro`,
          `${options.clockDir}:/drillbook:ro`,
          `${options.traceDir}:${traceMount}`,
        ],
      },
    });
    await container.start();
    return container.id;
  };

  /** Another process may have made it, so it is looked up by name and not remembered. */
  const ensure = async (): Promise<void> => {
    const api = await options.findApi();
    const found = await inspect(docker.getContainer(name));
    if (found?.State.Running && found.HostConfig.NetworkMode === `container:${api}`) {
      current = found.Id;
      return;
    }
    if (found) await docker.getContainer(found.Id).remove({ force: true });
    current = await create(api);
  };

  const running = (): Docker.Container => {
    if (!current) throw new Error('the operator container is used before it is started');
    return docker.getContainer(current);
  };

  return {
    traceDir: { host: options.traceDir, container: traceMount },
    traceLibrary: '/drillbook/libblocktrace.so',
    ensure,
    async exec(argv, { env, cwd }): Promise<TtyProcess> {
      const exec = await running().exec({
        Cmd: [...argv],
        AttachStdin: true,
        AttachStdout: true,
        AttachStderr: true,
        Tty: true,
        WorkingDir: cwd,
        Env: Object.entries(env).map((pair) => pair.join('=')),
      });
      const stream = await exec.start({ hijack: true, stdin: true, Tty: true });
      return { stream, wait: () => endOf(exec) };
    },
    async run(argv) {
      const exec = await running().exec({ Cmd: [...argv], AttachStdout: true, AttachStderr: true });
      const stream = await exec.start({});
      const [stdout, stderr] = [new PassThrough(), new PassThrough()];
      docker.modem.demuxStream(stream, stdout, stderr);
      for (const output of [stdout, stderr])
        finished(stream, (error) => (error ? output.destroy(error) : output.end()));
      const [out, err] = await Promise.all([text(stdout), text(stderr)]);
      return { exitCode: await exitCodeOf(exec, 5000), stdout: out, stderr: err };
    },
  };
}

async function inspect(container: Docker.Container): Promise<Docker.ContainerInspectInfo | undefined> {
  try {
    return await container.inspect();
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode === 404) return undefined;
    throw error;
  }
}

/** The engine reports the exit code a moment after the stream ends. */
function exitCodeOf(exec: Docker.Exec, withinMs: number): Promise<number> {
  return pollUntil(
    async () => {
      const { Running, ExitCode } = await exec.inspect();
      return Running || ExitCode === null ? undefined : { ExitCode };
    },
    { what: 'the exit code of a command in the operator', withinMs, everyMs: 25 },
  ).then(({ ExitCode }) => ExitCode);
}

/** Waits for the end of a program whose terminal something else may still hold. Rejects when the container is gone. */
async function endOf(exec: Docker.Exec): Promise<number> {
  for (;;) {
    const { Running, ExitCode } = await exec.inspect();
    if (!Running && ExitCode !== null) return ExitCode;
    await delay(50);
  }
}
