import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import Docker from 'dockerode';

import { exitOf, runExec } from '../../sandbox/run-exec.ts';
import { readSetupManifest } from '../../sandbox/setup-manifest.ts';
import type { OperatorHost } from '../operator-host.ts';

export interface TestHost extends OperatorHost, AsyncDisposable {
  readonly container: Docker.Container;
  /** Runs a block by plain bash under a terminal, without tracing. */
  runPlain(code: string, args: readonly string[]): Promise<{ readonly exitCode: number; readonly output: string }>;
}

/** Starts an operator container without a fleet. */
export async function startTestHost(): Promise<TestHost> {
  const { images, native } = await readSetupManifest(path.resolve(import.meta.dirname, '../../..'));
  const folder = await mkdtemp(path.join(tmpdir(), 'drillbook-operator-'));
  await mkdir(path.join(folder, 'blocks'));
  await writeFile(path.join(folder, 'trace'), '');
  const docker = new Docker();
  const container = await docker.createContainer({
    Image: images.operator.ref,
    Cmd: ['tail', '-f', '/dev/null'],
    Labels: { 'io.drillbook.test': 'operator' },
    HostConfig: {
      Init: true,
      Binds: [`${folder}/blocks:/trace:ro`, `${folder}/trace:/trace.log`, `${native.trace}:/libblocktrace.so:ro`],
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
    blocks: { host: path.join(folder, 'blocks'), container: '/trace' },
    trace: { host: path.join(folder, 'trace'), container: '/trace.log' },
    async kill() {
      if ((await container.inspect()).State.Running) await container.kill();
    },
    traceLibrary: '/libblocktrace.so',
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
