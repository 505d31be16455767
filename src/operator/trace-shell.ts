import { mkdir, truncate, writeFile } from 'node:fs/promises';
import { join, posix } from 'node:path';

import type { OperatorHost } from './operator-host.ts';

/** The text of the command by which the traced shell marks the end of the block. */
export const endOfBlock = ': drillbook';

/**
 * Read by bash through BASH_ENV before the block (bash ignores a PS4 from the environment when it is root). PS4 uses variable
 * expansions only, so it starts no process and changes no status. PIPESTATUS in the record of the *next* command is the
 * status of this one, also where `$?` is not: behind `!`, and after an `if` or `while` whose condition failed.
 */
const prelude = String.raw`unset BASH_ENV
exec {BASH_XTRACEFD}>>"$DRILLBOOK_TRACE"
PS4=$'\x1e\${BASHPID-}\x1f\${LINENO-}\x1f\${PIPESTATUS[@]-}\x1f\${FUNCNAME[@]-}\x1f\${BASH_SOURCE-}\x1f\${EPOCHREALTIME-}\x1d'
trap '${endOfBlock}' EXIT
printf '\x1e#%s S %s\n' "$EPOCHREALTIME" "$BASHPID" >&"$BASH_XTRACEFD"
set -x
`.replaceAll('\\${', '${');

/** The terminal's size is set from inside: older engines ignore the console size of an exec. */
const launch = `stty rows "$1" cols "$2" 2>/dev/null
export DRILLBOOK_TRACE="$6" BASH_ENV="$3/trace.bash" LD_PRELOAD="\${LD_PRELOAD:+$LD_PRELOAD:}$4"
block="$5"; shift 6
exec bash "$block" "$@"`;

export interface PreparedBlock {
  readonly argv: readonly string[];
  /** The block's file as bash names it. */
  readonly script: string;
  /** The block's folder, seen from here. */
  readonly folder: string;
  /** The trace, seen from here. */
  readonly traceFile: string;
  /** The trace as the block's processes name it, which also marks them as ours. */
  readonly traceMark: string;
}

/** Writes the block, unchanged, and what traces it into a folder of its own, and empties the trace. */
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
