import type { OperatorHost } from './operator-host.ts';

/** The processes of one block, found by the trace they write to, which is in the environment of each of them. */
export interface BlockProcesses {
  /** Ends one process of the block, and what it started when it does not go by itself. */
  end(pid: number, force: boolean): Promise<void>;
  /** Kills all that are left of the block, and none of it sees another one of it end. */
  killAll(): Promise<void>;
}

// Stopped first, and twice, for what forks meanwhile: whoever still ran when a command of the block was killed would see it fail.
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
      // Its children too, as Ctrl-C would reach them: the docker command leaves it to its plugin to act.
      const signal = force ? 'KILL' : 'INT';
      const script = `pkill -${signal} -P ${pid}; kill -${signal} ${pid}`;
      // It may have ended by itself in the meantime, which is what was wanted.
      await host.run(['sh', '-c', `${script} 2>/dev/null; true`]);
    },
    async killAll() {
      await host.run(['sh', '-c', killAll, 'sh', traceMark]);
    },
  };
}
