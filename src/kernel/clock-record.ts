import type { ClockPieces, Piece } from './clock-pieces.ts';

/** One state of the file that all programs of a sandbox map. native/clock-record.h has the layout and its rules. */
export interface ClockRecord extends ClockPieces {
  /** Counts the records of one file, from 1. */
  readonly sequence: bigint;
  /** The rate never changes, except where the pieces say so. Programs then wait in one go. */
  readonly steady: boolean;
}

/** Identifies the file's layout. The library of another layout ignores the file, and its programs run in real time. */
export const clockMagic = 'drbclock-record1';
const mostPieces = 4;

const never = 2n ** 63n - 1n;
const wordBytes = 8;
const copyStarts = [128, 256] as const;
const fileBytes = 384;
const lastAt = 12 * wordBytes;

/** A file that holds no record yet. */
export function emptyClockFile(): Buffer {
  const bytes = Buffer.alloc(fileBytes);
  bytes.write(clockMagic, 'latin1');
  return bytes;
}

/** The writes that publish a record, in the order in which they must happen. */
export function publishingWrites(record: ClockRecord): readonly { readonly at: number; readonly bytes: Buffer }[] {
  const bytes = encode(record);
  const start = copyStarts[Number(record.sequence % 2n)] ?? copyStarts[0];
  const part = (from: number, to: number) => ({ at: start + from, bytes: bytes.subarray(from, to) });
  return [part(0, wordBytes), part(wordBytes, lastAt), part(lastAt, lastAt + wordBytes)];
}

/** @returns the newest whole record; undefined if the bytes are no clock file or hold none */
export function readClockFile(bytes: Buffer): ClockRecord | undefined {
  if (bytes.length < fileBytes || bytes.toString('latin1', 0, clockMagic.length) !== clockMagic) return undefined;
  return copyStarts
    .map((start) => decode(bytes.subarray(start, start + 128)))
    .filter((record) => record !== undefined)
    .toSorted((a, b) => Number(b.sequence - a.sequence))[0];
}

function encode({ sequence, realtimeNs, monotonicNs, steady, pieces }: ClockRecord): Buffer {
  if (pieces.length > mostPieces) throw new Error(`a clock record holds at most ${mostPieces} pieces`);
  const bytes = Buffer.alloc(lastAt + wordBytes);
  bytes.writeBigUInt64LE(sequence, 0);
  bytes.writeBigInt64LE(realtimeNs, wordBytes);
  bytes.writeBigInt64LE(monotonicNs, 2 * wordBytes);
  bytes.writeBigInt64LE(steady ? 1n : 0n, 3 * wordBytes);
  for (let i = 0; i < mostPieces; i++) {
    bytes.writeBigInt64LE(pieces[i]?.startNs ?? never, pieceAt(i));
    bytes.writeDoubleLE(pieces[i]?.rate ?? 0, pieceAt(i) + wordBytes);
  }
  bytes.writeBigUInt64LE(sequence, lastAt);
  return bytes;
}

function decode(bytes: Buffer): ClockRecord | undefined {
  const sequence = bytes.readBigUInt64LE(0);
  if (sequence === 0n || sequence !== bytes.readBigUInt64LE(lastAt)) return undefined;
  const found = Array.from({ length: mostPieces }, (_, i): Piece => {
    return { startNs: bytes.readBigInt64LE(pieceAt(i)), rate: bytes.readDoubleLE(pieceAt(i) + wordBytes) };
  });
  const [first, ...rest] = found.filter(({ startNs }) => startNs !== never);
  if (!first) return undefined;
  return {
    sequence,
    realtimeNs: bytes.readBigInt64LE(wordBytes),
    monotonicNs: bytes.readBigInt64LE(2 * wordBytes),
    steady: bytes.readBigInt64LE(3 * wordBytes) === 1n,
    pieces: [first, ...rest],
  };
}

function pieceAt(i: number): number {
  return (4 + 2 * i) * wordBytes;
}
