import { open, type FileHandle } from 'node:fs/promises';

import { isMissing } from '../../kernel/missing-file.ts';

/** A text file that another process is still writing. */
export interface FollowedLines extends AsyncDisposable {
  /**
   * The complete lines that were written since the last call, at most about `mostBytes` of them. A line that has not
   * ended yet comes later. None if the file does not exist yet.
   */
  read(): Promise<readonly string[]>;
}

/** So much is read at once, so that a long file does not fill the memory. */
const mostBytes = 1024 * 1024;

/** Follows a file from its beginning. It only reads, so it cannot disturb the writer. */
export function followLines(path: string): FollowedLines {
  const buffer = Buffer.alloc(mostBytes);
  let file: FileHandle | undefined;
  let rest: Buffer[] = [];

  return {
    async read() {
      file ??= await openOrWait(path);
      if (!file) return [];
      const { bytesRead } = await file.read(buffer, 0, mostBytes);
      if (bytesRead === 0) return [];
      const end = buffer.lastIndexOf(10, bytesRead - 1);
      if (end === -1) {
        rest.push(Buffer.from(buffer.subarray(0, bytesRead)));
        return [];
      }
      // Whole lines alone are decoded: a read can cut a character in two.
      const text = Buffer.concat([...rest, buffer.subarray(0, end)]).toString('utf8');
      rest = [Buffer.from(buffer.subarray(end + 1, bytesRead))];
      return text.split('\n');
    },
    [Symbol.asyncDispose]: async () => file?.close(),
  };
}

async function openOrWait(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
