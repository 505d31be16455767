import { readFileSync } from 'node:fs';

/**
 * When the process with this pid started, in clock ticks since boot: with the pid it tells one process from every other
 * of this boot. `none`: there is no such process. `hidden`: there is one, and the system shows no more of it.
 */
export function processStart(pid: number): { readonly start: string } | 'none' | 'hidden' {
  const stat = readStat(pid);
  if (stat === undefined) return isThere(pid) ? 'hidden' : 'none';
  // The name, in brackets, may itself hold spaces and brackets: field 3 (state) follows the last one.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // A zombie has ended; only whoever started it has not asked how.
  if (fields[0] === 'Z' || fields[0] === 'X') return 'none';
  return { start: fields[19] ?? '' };
}

function readStat(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
