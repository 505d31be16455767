import type { Execution } from './execution.ts';
import type { Leave } from './parse-trace.ts';

/**
 * Knows of each pipe how its readers stopped reading. A writer that fails after its reader is gone has not failed by
 * itself. A reader that reads to the end of the pipe ends because its writer has ended, whatever the writer's status.
 */
export class PipeReaders {
  /** By pipe. */
  readonly #leaves = new Map<string, Leave>();

  leave({ pipe, early, hasRead, unread }: Leave & { readonly pipe: string }): void {
    const earlier = this.#leaves.get(pipe);
    // Several processes may share a pipe one after the other. The last one decides whether it was read to its end.
    this.#leaves.set(pipe, { early, hasRead: hasRead || earlier?.hasRead === true, unread });
  }

  /** A reader that never read anything does not count: `x | true` only hides how `x` ends. */
  left(writer: Execution, executions: readonly Execution[]): 'left' | 'left-unread' | undefined {
    const pipe = writer.pipes?.output;
    if (pipe === undefined) return undefined;
    // SIGPIPE itself proves that no reader was left.
    if (writer.exitCode === 141) return 'left';
    const leave = this.#leaves.get(pipe);
    if (leave) return leave.early && leave.hasRead ? (leave.unread ? 'left-unread' : 'left') : undefined;
    // A process that a signal ends cannot report that it stops.
    const reader = executions.find(({ pipes }) => pipes?.input === pipe);
    const isKilled = reader?.exitCode !== undefined && (reader.exitCode ?? 0) > 128;
    return isKilled && reader !== writer ? (this.left(reader, executions) ?? 'left') : undefined;
  }
}
