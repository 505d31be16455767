import { Transform } from 'node:stream';

/** Lets only those lines through whose JSON value `keep` accepts. A line that is not JSON is dropped. */
export function keepLines(keep: (value: unknown) => boolean): Transform {
  let pending = '';
  const decoder = new TextDecoder();
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const lines = (pending + decoder.decode(chunk, { stream: true })).split('\n');
      pending = lines.pop() ?? '';
      done(
        null,
        lines
          .filter((line) => isKept(line, keep))
          .map((line) => `${line}\n`)
          .join('') || undefined,
      );
    },
    flush(done) {
      done(null, isKept(pending, keep) ? `${pending}\n` : undefined);
    },
  });
}

function isKept(line: string, keep: (value: unknown) => boolean): boolean {
  if (line.trim() === '') return false;
  try {
    return keep(JSON.parse(line));
  } catch {
    return false;
  }
}
