import { readFileSync } from 'node:fs';

/**
 * When a process started, in clock ticks since boot. Pid and start together identify a process of this boot.
 * `none`: there is no such process. `hidden`: it exists, but the system does not show its start.
 */
export function processStart(pid: number): { readonly start: string } | 'none' | 'hidden' {
  const stat = readStat(pid);
  if (stat === undefined) return isThere(pid) ? 'hidden' : 'none';
  // The name is in brackets and can contain spaces and brackets. Field 3 (state) follows the last bracket.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // A zombie has ended; its parent has not read its exit code yet.
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
