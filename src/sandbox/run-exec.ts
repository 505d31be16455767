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

/** Runs a program in a container to its end, without a terminal. Its exit code must follow its output within 20 s. */
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

/**
 * Waits for the end of a program, even if another process still holds its terminal.
 * @throws Error if the container is gone
 */
export async function exitOf(exec: Docker.Exec): Promise<number> {
  for (;;) {
    const ended = await endOf(exec);
    if (ended) return ended.exitCode;
    await delay(50);
  }
}

/**
 * The engine also reports a program that has not started yet as not running. Only after its end is there an exit
 * code.
 */
async function endOf(exec: Docker.Exec): Promise<{ readonly exitCode: number } | undefined> {
  const { Running, ExitCode } = await exec.inspect();
  return Running || ExitCode === null ? undefined : { exitCode: ExitCode };
}
