import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import Docker from 'dockerode';

import { createSandboxClock, type SandboxClock } from '../../kernel/clock.ts';
import { createClockFile } from '../../sandbox/clock-file.ts';
import { exitOf, runExec } from '../../sandbox/run-exec.ts';
import { readSetupManifest } from '../../sandbox/setup-manifest.ts';
import type { OperatorHost } from '../operator-host.ts';

export interface TestHost extends OperatorHost, AsyncDisposable {
  readonly container: Docker.Container;
  readonly clockFile: string;
  /** Runs a block by plain bash under a terminal, without tracing. */
  runPlain(code: string, args: readonly string[]): Promise<{ readonly exitCode: number; readonly output: string }>;
}

/** Starts an operator container without a fleet. It loads both libraries, as the operator of a sandbox does. */
export async function startTestHost(clock: SandboxClock = createSandboxClock(1)): Promise<TestHost> {
  const { images, native } = await readSetupManifest(path.resolve(import.meta.dirname, '../../..'));
  const folder = await mkdtemp(path.join(tmpdir(), 'drillbook-operator-'));
  await mkdir(path.join(folder, 'blocks'));
  await mkdir(path.join(folder, 'clock'));
  await copyFile(native.clock, path.join(folder, 'clock', 'libsandboxclock.so'));
  await copyFile(native.trace, path.join(folder, 'clock', 'libblocktrace.so'));
  createClockFile(path.join(folder, 'clock', 'clock'), clock);
  await writeFile(path.join(folder, 'trace'), '');
  const docker = new Docker();
  const container = await docker.createContainer({
    Image: images.operator.ref,
    Cmd: ['tail', '-f', '/dev/null'],
    Labels: { 'io.drillbook.test': 'operator' },
    Env: ['LD_PRELOAD=/drillbook/libsandboxclock.so'],
    HostConfig: {
      Init: true,
      Binds: [`${folder}/blocks:/trace:ro`, `${folder}/trace:/trace.log`, `${folder}/clock:/drillbook:ro`],
    },
  });
  await container.start();

  const execTty = async (argv: readonly string[]) => {
    const exec = await container.exec({
      Cmd: [...argv],
      AttachStdin: true,
      AttachStdout: true,
      AttachStderr: true,
      Tty: true,
    });
    const stream = await exec.start({ hijack: true, stdin: true, Tty: true });
    return { stream, end: () => exitOf(exec) };
  };

  return {
    container,
    clockFile: path.join(folder, 'clock', 'clock'),
    blocks: { host: path.join(folder, 'blocks'), container: '/trace' },
    trace: { host: path.join(folder, 'trace'), container: '/trace.log' },
    async kill() {
      if ((await container.inspect()).State.Running) await container.kill();
    },
    traceLibrary: '/drillbook/libblocktrace.so',
    async exec(argv) {
      const { stream, end } = await execTty(argv);
      return { output: stream, write: (data) => void stream.write(data), wait: end };
    },
    run: (argv) => runExec(docker, container, argv),
    async runPlain(code, args) {
      const { stream, end } = await execTty([
        'bash',
        '-c',
        `cat >/tmp/plain.sh <<'DRILLBOOK_END'\n${code}DRILLBOOK_END\nstty rows 50 cols 160; exec bash /tmp/plain.sh "$@"`,
        'bash',
        ...args,
      ]);
      const output = await text(stream);
      return { exitCode: await end(), output };
    },
    async [Symbol.asyncDispose]() {
      await container.remove({ force: true, v: true });
      await rm(folder, { recursive: true, force: true });
    },
  };
}
