/** A record of the traced shell or of the preloaded library. `at`: the container's wall clock, ms since 1970. */
export type TraceRecord =
  | ShellRecord
  | { readonly kind: 'start'; readonly at: number; readonly pid: number; readonly parent: number }
  | {
      readonly kind: 'fork';
      readonly at: number;
      readonly pid: number;
      readonly parent: number;
      readonly afterRecords: number;
    }
  | { readonly kind: 'pipes'; readonly at: number; readonly pid: number; readonly pipes: Pipes }
  | { readonly kind: 'exec'; readonly at: number; readonly pid: number; readonly pipes: Pipes }
  | ({ readonly kind: 'leave'; readonly at: number; readonly pid: number; readonly pipe: string } & Leave)
  | { readonly kind: 'wait'; readonly at: number; readonly pid: number; readonly status: number }
  | {
      readonly kind: 'tty-read';
      readonly at: number;
      readonly pid: number;
      readonly mode: 'line' | 'char';
      readonly timed: boolean;
    }
  | {
      readonly kind: 'http';
      readonly at: number;
      readonly pid: number;
      readonly parent: number;
      readonly status: number;
    }
  /** A plain `sh` begins. */
  | { readonly kind: 'sh-start'; readonly at: number; readonly pid: number; readonly parent: number }
  /** A plain `sh`, or the child in which it starts a program, is about to become the program with these words. */
  | {
      readonly kind: 'run';
      readonly at: number;
      readonly pid: number;
      readonly parent: number;
      readonly words: readonly string[];
    }
  /** A plain `sh` reaped a process. */
  | {
      readonly kind: 'sh-wait';
      readonly at: number;
      readonly pid: number;
      readonly status: number;
      readonly parent: number;
    }
  /** A plain `sh` itself reported this error. */
  | {
      readonly kind: 'sh-error';
      readonly at: number;
      readonly pid: number;
      readonly parent: number;
      readonly text: string;
    }
  /** redis-cli wrote this into a pipe or a file. */
  | {
      readonly kind: 'reply';
      readonly at: number;
      readonly pid: number;
      readonly parent: number;
      readonly text: string;
    }
  | { readonly kind: 'full'; readonly at: number };

/** The pipes of a process' input and output, by their inodes; undefined if it is no pipe. */
export interface Pipes {
  readonly input: string | undefined;
  readonly output: string | undefined;
}

/** How a process stopped reading a pipe. */
export interface Leave {
  /** A writer still had the pipe. */
  readonly early: boolean;
  readonly hasRead: boolean;
  /** Bytes were left in the pipe. */
  readonly unread: boolean;
}

/** A command that bash is about to run, as `set -x` shows it. */
export interface ShellRecord {
  readonly kind: 'shell';
  readonly at: number;
  readonly pid: number;
  readonly line: number;
  /** PIPESTATUS before this command, which is the outcome of the previous one. */
  readonly statuses: readonly number[];
  /** Depth of function calls. */
  readonly depth: number;
  /** Depth of evaluated text: `eval`, `$(...)`. */
  readonly level: number;
  readonly source: string;
  /** The command after expansion, quoted by bash. */
  readonly text: string;
}

const recordMark = '\x1e';
/** Where one record ends and the next begins. */
const boundary = `\n${recordMark}`;
/** Tracing stops at 32 MiB, and bash writes at most about 1 MiB at once. Only the block itself can write more. */
const mostBytes = 40 * 1024 * 1024;
const longestRecord = 4 * 1024 * 1024;

/**
 * Splits the trace into records as it grows. A record of bash can have several lines and ends where the next one
 * begins.
 * So the last record is held back until `push` gets no new bytes, or `end` is called. Bytes that tracing did not
 * write are
 * dropped, and the record `full` says so.
 */
export function createTraceParser(): { push(bytes: Uint8Array): TraceRecord[]; end(): TraceRecord[] } {
  const decoder = new TextDecoder();
  let [pending, searched, taken] = ['', 0, 0];
  const take = (everything: boolean): TraceRecord[] => {
    const parts: string[] = [];
    let from = 0;
    for (let at = pending.indexOf(boundary, searched); at >= 0; at = pending.indexOf(boundary, at + 1)) {
      parts.push(pending.slice(from, at + 1));
      from = at + 1;
    }
    const last = pending.slice(from);
    const finished = everything || (last.endsWith('\n') && last.startsWith(`${recordMark}#`));
    if (finished) parts.push(last);
    pending = finished ? '' : last;
    searched = Math.max(0, pending.length - 1);
    return parts.map(parseRecord).filter((record) => record !== undefined);
  };
  return {
    push: (bytes) => {
      const before = taken;
      taken += bytes.length;
      if (taken > mostBytes) {
        pending = '';
        return before > mostBytes ? [] : [dropped];
      }
      pending += decoder.decode(bytes, { stream: true });
      const records = take(bytes.length === 0 && pending.endsWith('\n'));
      if (pending.length <= longestRecord) return records;
      [pending, searched] = ['', 0];
      return [...records, dropped];
    },
    end: () => take(true),
  };
}

const dropped: TraceRecord = { kind: 'full', at: 0 };

function parseRecord(raw: string): TraceRecord | undefined {
  return raw.startsWith(`${recordMark}#`) ? parseLibraryRecord(raw.slice(2)) : parseShellRecord(raw);
}

function parseLibraryRecord(raw: string): TraceRecord | undefined {
  const [time = '', kind, first = '', second = '', third = '', ...more] = raw.trim().split(' ');
  const [fourth, fifth] = more;
  const at = parseTime(time);
  const pid = Number(first);
  switch (kind) {
    case 'S':
      return { kind: 'start', at, pid, parent: Number(second) };
    case 'F':
      return { kind: 'fork', at, pid, parent: Number(second), afterRecords: Number(third) };
    case 'I':
      return { kind: 'pipes', at, pid, pipes: { input: pipe(second), output: pipe(third) } };
    case 'E':
      return { kind: 'exec', at, pid, pipes: { input: pipe(second), output: pipe(third) } };
    case 'P':
      return {
        kind: 'leave',
        at,
        pid,
        pipe: second,
        early: third === 'left',
        hasRead: fourth === 'read',
        unread: fifth === 'unread',
      };
    case 'W':
      return { kind: 'wait', at, pid, status: Number(second) };
    case 'R':
      return { kind: 'tty-read', at, pid, mode: second === 'char' ? 'char' : 'line', timed: third === 'timed' };
    case 'C':
      return { kind: 'http', at, pid, parent: Number(second), status: Number(third) };
    case 'B':
      return { kind: 'sh-start', at, pid, parent: Number(second) };
    case 'N':
      return { kind: 'run', at, pid, parent: Number(second), words: [third, ...more].map(decodeWord) };
    case 'V':
      return { kind: 'sh-wait', at, pid, status: Number(second), parent: Number(third) };
    case 'M':
      return { kind: 'sh-error', at, pid, parent: Number(second), text: decodeWord(third) };
    case 'D':
      return { kind: 'reply', at, pid, parent: Number(second), text: decodeWord(third) };
    case 'O':
      return { kind: 'full', at };
    default:
      return undefined;
  }
}

/** Undoes the encoding of the library: `%` and two digits for a byte. A single `%` is an empty word. */
function decodeWord(word: string): string {
  const bytes = word
    .matchAll(/%([0-9A-F]{2})|([^%])/g)
    .map(([, hex, one = '']) => (hex === undefined ? one.charCodeAt(0) : Number.parseInt(hex, 16)));
  return Buffer.from([...bytes]).toString('utf8');
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

function pipe(inode: string): string | undefined {
  return inode === '' || inode === '0' ? undefined : inode;
}

/** Seconds with six decimals; some locales write a decimal comma. */
function parseTime(text: string): number {
  return Number(text.replace(',', '.')) * 1000;
}
