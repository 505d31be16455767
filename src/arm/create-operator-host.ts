import type { OperatorHost } from '../operator/operator-host.ts';
import type { OperatorContainer } from '../sandbox/sandbox.ts';

/** Adapts the sandbox's operator container to the interface that `operator/` needs. */
export function createOperatorHost(container: OperatorContainer, cwd: string): OperatorHost {
  return {
    blocks: container.blocks,
    trace: container.trace,
    kill: () => container.remove(),
    traceLibrary: container.traceLibrary,
    run: (argv) => container.run(argv),
    async exec(argv, { env }) {
      const { stream, ...program } = await container.exec(argv, { env, cwd });
      // Its reader sees the error too, and `wait` reports how the program ended. Without a listener, a write would
      // throw.
      stream.on('error', () => undefined);
      return { output: stream, write: (data) => void stream.write(data), wait: () => program.wait() };
    },
  };
}
