import { finished, PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import type Docker from 'dockerode';

import { pollUntil } from '../kernel/poll-until.ts';

export interface ExecOutcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program in a container, without a terminal, to its end. The code must follow the output within 20 s. */
export async function runExec(
  docker: Docker,
  container: Docker.Container,
  argv: readonly string[],
): Promise<ExecOutcome> {
  const exec = await container.exec({ Cmd: [...argv], AttachStdout: true, AttachStderr: true });
  const stream = await exec.start({});
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  docker.modem.demuxStream(stream, stdout, stderr);
  for (const output of [stdout, stderr]) finished(stream, (error) => (error ? output.destroy(error) : output.end()));
  const [out, err] = await Promise.all([text(stdout), text(stderr)]);
  const { exitCode } = await pollUntil(() => endOf(exec), {
    what: 'the exit code of a command in a container',
    withinMs: 20_000,
  });
  return { exitCode, stdout: out, stderr: err };
}

/** Waits for the end of a program whose terminal something else may still hold. Rejects when the container is gone. */
export async function exitOf(exec: Docker.Exec): Promise<number> {
  for (;;) {
    const ended = await endOf(exec);
    if (ended) return ended.exitCode;
    await delay(50);
  }
}

/** The engine says that a program does not run before it starts as well as after its end, and only then has a code for it. */
async function endOf(exec: Docker.Exec): Promise<{ readonly exitCode: number } | undefined> {
  const { Running, ExitCode } = await exec.inspect();
  return Running || ExitCode === null ? undefined : { exitCode: ExitCode };
}
