import { open, type FileHandle } from 'node:fs/promises';

/** A line that the player's shell ran. Times are by the shell's own clock, sandbox ms since 1970. */
export interface ShellLine {
  readonly line: string;
  readonly cwd: string;
  readonly startedS: number;
  /** Null: it was still running when the reading ended. */
  readonly endedS: number | null;
  readonly exitCode: number | null;
}

interface ShellEvents {
  readonly onLine: (line: ShellLine) => void;
  /** So many bytes were dropped, because they are too long for a record. Lines of the player may be missing. */
  readonly onLost: (bytes: number) => void;
}

/**
 * Reads what the player's shell reports about its lines. The player can write into the same file, so a record that
 * makes no sense is skipped: this is evidence for the debrief, and no verdict on the fleet rests on it.
 */
export class ShellTrace {
  readonly #file: FileHandle;
  readonly #events: ShellEvents;
  #offset: number;
  #rest = '';
  #lostBytes = 0;
  #lastNumber = '';
  #open: Omit<ShellLine, 'endedS' | 'exitCode'> | undefined;

  private constructor(file: FileHandle, offset: number, events: ShellEvents) {
    this.#file = file;
    this.#offset = offset;
    this.#events = events;
  }

  /** Reads only what is written from now on. */
  static async start(file: string, events: ShellEvents): Promise<ShellTrace> {
    const handle = await open(file, 'r');
    const { size } = await handle.stat();
    return new ShellTrace(handle, size, events);
  }

  /** Reports the lines that have ended since the last call. Calls must not overlap. */
  async read(): Promise<void> {
    const buffer = Buffer.alloc(64 * 1024);
    for (;;) {
      const { bytesRead } = await this.#file.read(buffer, 0, buffer.length, this.#offset);
      if (bytesRead === 0) break;
      this.#offset += bytesRead;
      this.#push(buffer.toString('latin1', 0, bytesRead));
    }
    if (this.#lostBytes > 0) this.#events.onLost(this.#lostBytes);
    this.#lostBytes = 0;
  }

  /** Reports the line that still runs, and closes the file. */
  async end(): Promise<void> {
    await this.read();
    if (this.#open) this.#events.onLine({ ...this.#open, endedS: null, exitCode: null });
    this.#open = undefined;
    await this.#file.close();
  }

  #push(text: string): void {
    const records = (this.#rest + text).split('\x1e');
    this.#rest = '';
    for (const [index, record] of records.entries()) {
      const fields = record.split('\0').map((field) => Buffer.from(field, 'latin1').toString('utf8'));
      // A zero byte ends each field, so a complete record splits into one more.
      const complete = fields.length > (fieldCounts[fields[0] ?? ''] ?? Infinity) + 1;
      if (complete) this.#take(fields);
      else if (index === records.length - 1) this.#rest = record === '' ? '' : `\x1e${record}`;
    }
    if (this.#rest.length <= longestRecord) return;
    this.#lostBytes += this.#rest.length;
    this.#rest = '';
  }

  #take([kind, at = '', status = '', cwd = '', remembered = '', isCut]: readonly string[]): void {
    const [s, exitCode] = [Number(at) * 1000, Number(status)];
    if (!Number.isFinite(s) || !Number.isInteger(exitCode)) return;
    if (this.#open) this.#events.onLine({ ...this.#open, endedS: s, exitCode });
    this.#open = undefined;
    if (kind === 'e') return;
    // `history 1` prints the number of the line before the line.
    const [, number = '', line = ''] = /^\s*(\d+)\*?\s{1,2}([^]*)$/.exec(remembered) ?? [];
    const isNew = number !== '' && number !== this.#lastNumber;
    this.#lastNumber = number;
    this.#open = { line: isNew ? `${line}${isCut === '1' ? cutMark : ''}` : unknownLine, cwd, startedS: s };
  }
}

/**
 * Bytes of an unfinished record. The shell reports the begin of a line, a folder and three numbers. Only
 * another program writes more.
 */
const longestRecord = 128 * 1024;

/** The shell reported only the begin of the line. */
export const cutMark = '…';

/** The shell kept the line out of its history. */
const unknownLine = '(a line that the shell does not remember)';

/** How many fields follow the kind of a record. */
const fieldCounts: Readonly<Record<string, number>> = { b: 5, e: 2 };
