import { mkdir, truncate, writeFile } from 'node:fs/promises';
import { join, posix } from 'node:path';

import type { OperatorHost } from './operator-host.ts';

/** The command with which the traced shell marks the end of the block. */
export const endOfBlock = ': drillbook';

/**
 * Each bash of the block reads this through BASH_ENV before its script, because bash ignores a PS4 from the
 * environment as root.
 *
 * - PS4 only expands variables, so it starts no process and changes no status.
 * - PIPESTATUS in the record of the *next* command is the status of this one. `$?` differs after `!`, and after an
 *   `if` or
 *   `while` whose condition failed.
 */
const prelude = String.raw`export DRILLBOOK_PRELUDE="$BASH_ENV"; unset BASH_ENV
exec {BASH_XTRACEFD}>>"$DRILLBOOK_TRACE"
PS4=$'\x1e\${BASHPID-}\x1f\${LINENO-}\x1f\${PIPESTATUS[@]-}\x1f\${FUNCNAME[@]-}\x1f\${BASH_SOURCE-}\x1f\${EPOCHREALTIME-}\x1d'
trap '${endOfBlock}' EXIT
printf '\x1e#%s S %s %s\n' "$EPOCHREALTIME" "$BASHPID" "$PPID" >&"$BASH_XTRACEFD"
set -x
`.replaceAll('\\${', '${');

/**
 * Sets the size of the terminal from inside, because older engines ignore the console size of an exec.
 *
 * The tracer comes before the sandbox clock. Both replace `select`: the tracer passes the call on, the clock does not.
 */
const launch = `stty rows "$1" cols "$2" 2>/dev/null
export DRILLBOOK_TRACE="$6" DRILLBOOK_PRELUDE="$3/trace.bash" LD_PRELOAD="$4\${LD_PRELOAD:+:$LD_PRELOAD}"
block="$5"; shift 6
exec bash "$block" "$@"`;

export interface PreparedBlock {
  readonly argv: readonly string[];
  /** The block's file as bash names it. */
  readonly script: string;
  /** The block's folder on this machine. */
  readonly folder: string;
  /** The trace on this machine. */
  readonly traceFile: string;
  /** The trace as the block's processes name it. It also marks them as processes of the block. */
  readonly traceMark: string;
}

/** Writes the unchanged block and its tracing prelude into a new folder, and empties the trace. */
export async function prepareBlock(
  host: OperatorHost,
  block: {
    readonly id: string;
    readonly code: string;
    readonly args: readonly string[];
    readonly rows: number;
    readonly cols: number;
  },
): Promise<PreparedBlock> {
  const folder = join(host.blocks.host, block.id);
  const inside = posix.join(host.blocks.container, block.id);
  const script = posix.join(inside, 'block.sh');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'block.sh'), block.code);
  await writeFile(join(folder, 'trace.bash'), prelude);
  await truncate(host.trace.host);
  const size = [String(block.rows), String(block.cols)];
  return {
    argv: ['sh', '-c', launch, 'sh', ...size, inside, host.traceLibrary, script, host.trace.container, ...block.args],
    script,
    folder,
    traceFile: host.trace.host,
    traceMark: host.trace.container,
  };
}
