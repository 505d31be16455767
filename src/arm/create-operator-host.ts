import type { OperatorHost } from '../operator/operator-host.ts';
import type { OperatorContainer } from '../sandbox/sandbox.ts';

/** The sandbox's operator container as the operator wants to see it. */
export function createOperatorHost(container: OperatorContainer, cwd: string): OperatorHost {
  return {
    blocks: container.blocks,
    trace: container.trace,
    kill: () => container.remove(),
    traceLibrary: container.traceLibrary,
    run: (argv) => container.run(argv),
    async exec(argv, { env }) {
      const { stream, ...program } = await container.exec(argv, { env, cwd });
      // Whoever reads it sees it fail, and `wait` tells what became of the program; typing into it must not throw.
      stream.on('error', () => undefined);
      return { output: stream, write: (data) => void stream.write(data), wait: () => program.wait() };
    },
  };
}
