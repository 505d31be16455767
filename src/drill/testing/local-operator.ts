import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Duplex } from 'node:stream';

import type { OperatorContainer } from '../../sandbox/sandbox.ts';

/** The operator, here: its shell is a bash of this machine, under a terminal of its own. */
export async function createLocalOperator(folder: string): Promise<OperatorContainer & AsyncDisposable> {
  const at = (name: string) => ({ host: path.join(folder, name), container: path.join(folder, name) });
  const [blocks, sockets, trace] = [at('blocks'), at('sockets'), at('trace')];
  for (const { host } of [blocks, sockets]) await mkdir(host);
  await writeFile(trace.host, '');
  let shell: ChildProcess | undefined;
  const remove = async (): Promise<void> => {
    if (!shell || shell.exitCode !== null || shell.signalCode !== null) return;
    shell.kill('SIGKILL');
    await once(shell, 'close');
  };
  const unused = (): never => {
    throw new Error('the director has no use for this');
  };
  return {
    blocks,
    sockets,
    trace,
    traceLibrary: '',
    ensure: () => Promise.resolve(),
    renew: unused,
    run: unused,
    remove,
    exec(argv, { env }) {
      const command = argv.map((word) => `'${word.replaceAll("'", String.raw`'\''`)}'`).join(' ');
      const child = spawn('script', ['-qefc', command, '/dev/null'], {
        cwd: folder,
        env: { ...env, HOME: folder, TERM: 'xterm', LANG: 'C.UTF-8', SHELL: '/bin/bash' },
      });
      shell = child;
      const ended = once(child, 'close').then(([code]) => Number(code));
      return Promise.resolve({
        stream: Duplex.from({ readable: child.stdout, writable: child.stdin }),
        resize: () => Promise.resolve(),
        wait: () => ended,
      });
    },
    [Symbol.asyncDispose]: remove,
  };
}
