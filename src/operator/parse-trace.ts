/** One thing the traced shell or the preloaded library wrote. `at`: the container's wall clock, ms since 1970. */
export type TraceRecord =
  | ShellRecord
  | { readonly kind: 'start'; readonly at: number; readonly pid: number }
  | {
      readonly kind: 'fork';
      readonly at: number;
      readonly pid: number;
      readonly parent: number;
      readonly afterRecords: number;
    }
  | { readonly kind: 'exec'; readonly at: number; readonly pid: number }
  | { readonly kind: 'wait'; readonly at: number; readonly pid: number; readonly status: number }
  | {
      readonly kind: 'tty-read';
      readonly at: number;
      readonly pid: number;
      readonly mode: 'line' | 'char';
      readonly timed: boolean;
    }
  | { readonly kind: 'full'; readonly at: number };

/** A command bash is about to run, as `set -x` shows it. */
export interface ShellRecord {
  readonly kind: 'shell';
  readonly at: number;
  readonly pid: number;
  readonly line: number;
  /** PIPESTATUS before this command: the outcome of the one before it. */
  readonly statuses: readonly number[];
  /** How many function calls deep. */
  readonly depth: number;
  /** How many times bash evaluates text within text: `eval`, `$(...)`. */
  readonly level: number;
  readonly source: string;
  /** The command after expansion, quoted by bash. */
  readonly text: string;
}

const recordMark = '\x1e';

/**
 * Cuts the trace into records as it grows. Bash's records can span lines and end only where the next one begins, so the last is held
 * back until `push` is called with nothing new or `end` is called.
 */
export function createTraceParser(): { push(bytes: Uint8Array): TraceRecord[]; end(): TraceRecord[] } {
  const decoder = new TextDecoder();
  let pending = '';
  const take = (everything: boolean): TraceRecord[] => {
    const parts = pending.split(/(?<=\n)(?=\x1e)/);
    const last = parts.at(-1) ?? '';
    const finished = everything || (last.endsWith('\n') && last.startsWith(`${recordMark}#`));
    pending = finished ? '' : (parts.pop() ?? '');
    return parts.map(parseRecord).filter((record) => record !== undefined);
  };
  return {
    push: (bytes) => {
      pending += decoder.decode(bytes, { stream: true });
      return take(bytes.length === 0 && pending.endsWith('\n'));
    },
    end: () => take(true),
  };
}

function parseRecord(raw: string): TraceRecord | undefined {
  return raw.startsWith(`${recordMark}#`) ? parseLibraryRecord(raw.slice(2)) : parseShellRecord(raw);
}

function parseLibraryRecord(raw: string): TraceRecord | undefined {
  const [time = '', kind, first = '', second = '', third = ''] = raw.trim().split(' ');
  const at = parseTime(time);
  const pid = Number(first);
  switch (kind) {
    case 'S':
      return { kind: 'start', at, pid };
    case 'F':
      return { kind: 'fork', at, pid, parent: Number(second), afterRecords: Number(third) };
    case 'E':
      return { kind: 'exec', at, pid };
    case 'W':
      return { kind: 'wait', at, pid, status: Number(second) };
    case 'R':
      return { kind: 'tty-read', at, pid, mode: second === 'char' ? 'char' : 'line', timed: third === 'timed' };
    case 'O':
      return { kind: 'full', at };
    default:
      return undefined;
  }
}

function parseShellRecord(raw: string): ShellRecord | undefined {
  const level = /^\x1e*/.exec(raw)?.[0].length ?? 0;
  const headEnd = raw.indexOf('\x1d');
  if (level === 0 || headEnd < 0) return undefined;
  const [pid = '', line = '', statuses = '', functions = '', source = '', time = ''] = raw
    .slice(level, headEnd)
    .split('\x1f');
  return {
    kind: 'shell',
    at: parseTime(time),
    pid: Number(pid),
    line: Number(line),
    statuses: statuses.split(' ').filter(Boolean).map(Number),
    depth: Math.max(0, functions.split(' ').filter(Boolean).length - 1),
    level: level - 1,
    source,
    text: raw.slice(headEnd + 1).replace(/\n$/, ''),
  };
}

/** Seconds with six decimals, behind a comma in some locales. */
function parseTime(text: string): number {
  return Number(text.replace(',', '.')) * 1000;
}
