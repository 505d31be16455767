import type { OperatorHost } from './operator-host.ts';

/** The processes of one block. Their environment has the file name of the block's trace, by which they are found. */
export interface BlockProcesses {
  /** Interrupts one process of the block and its children, or kills them with `force`. */
  end(pid: number, force: boolean): Promise<void>;
  /** Kills all processes of the block at once, so that none of them sees another one fail. */
  killAll(): Promise<void>;
}

// Stops all processes first, so that the shell does not see its command fail. Twice, because a process may fork
// meanwhile.
const killAll = `mark="DRILLBOOK_TRACE=$1"
for signal in STOP STOP KILL; do
  for environ in /proc/[0-9]*/environ; do
    pid="\${environ%/environ}"; pid="\${pid#/proc/}"
    [ "$pid" != "$$" ] && tr '\\0' '\\n' <"$environ" 2>/dev/null | grep -qxF "$mark" && kill -"$signal" "$pid" 2>/dev/null
  done
done
true`;

export function createBlockProcesses(host: OperatorHost, traceMark: string): BlockProcesses {
  return {
    async end(pid, force) {
      // Ctrl-C reaches the children too, and the docker command leaves the reaction to its plugin.
      const signal = force ? 'KILL' : 'INT';
      const script = `pkill -${signal} -P ${pid}; kill -${signal} ${pid}`;
      // The process may have ended by itself meanwhile, which is no error.
      await host.run(['sh', '-c', `${script} 2>/dev/null; true`]);
    },
    async killAll() {
      await host.run(['sh', '-c', killAll, 'sh', traceMark]);
    },
  };
}
