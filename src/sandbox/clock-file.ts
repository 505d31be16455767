/**
 * The file through which the programs of a sandbox follow its clock. It is written in place and never renamed, because
 * each program maps it once (native/clock-record.h).
 *
 * A change is dated ahead, so that every program sees it before it takes effect. It carries its own end: a harness that
 * dies leaves no sandbox fast or stopped.
 */
import { closeSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import path from 'node:path';

import { fromPresentPiece, type ClockPieces, type Piece } from '../kernel/clock-pieces.ts';
import { emptyClockFile, publishingWrites, readClockFile, type ClockRecord } from '../kernel/clock-record.ts';
import { createClock, type AdjustableClock, type SandboxClock } from '../kernel/clock.ts';
import { DrillbookError } from '../kernel/errors.ts';
import { waitOut } from '../kernel/poll-until.ts';

/** Programs look at the clock at least this often while they wait: SLICE in native/sandbox-clock.c. */
const noticeNs = 20_000_000n;
/** A change that is not published this long before it takes effect gets a later date. */
const leastNoticeNs = 10_000_000n;
/** How long a clock stays stopped unless it is stopped again. */
const longestStopMs = 60_000;
const fastest = 1000;

export function clockFileIn(folder: string): string {
  return path.join(folder, 'clock');
}

/** Writes a file for a sandbox that is about to start. */
export function createClockFile(file: string, { pieces, steady }: Pick<SandboxClock, 'pieces' | 'steady'>): void {
  const bytes = emptyClockFile();
  for (const write of publishingWrites({ ...pieces, sequence: 1n, steady })) write.bytes.copy(bytes, write.at);
  writeFileSync(file, bytes, { flag: 'wx' });
}

/**
 * The clock of a sandbox as its file shows it now.
 * @throws DrillbookError if a Drillbook with another layout has started the sandbox
 */
export function readClock(file: string): AdjustableClock {
  const { realtimeNs, monotonicNs, pieces, steady } = readRecord(file);
  return createClock({ realtimeNs, monotonicNs, pieces }, steady);
}

function readRecord(file: string): ClockRecord {
  const record = readClockFile(readFileSync(file));
  if (!record)
    throw new DrillbookError(`this Drillbook cannot read the clock of the sandbox: ${file}`, {
      code: 'CLOCK_UNREADABLE',
      next: 'another version has started it; remove it with "drillbook sandbox down"',
    });
  return record;
}

export interface RateChange {
  readonly rate: number;
  /** Host CLOCK_MONOTONIC at which it takes effect. */
  readonly atNs: bigint;
  /** When it was published. If that is later than `atNs`, programs may have seen other times in between. */
  readonly publishedNs: bigint;
}

export interface RateSetter extends Disposable {
  /**
   * Changes the rate, or extends the present one.
   * @param forMs real ms after which the rate falls back to 1. A raised rate needs it. A stopped clock goes on at the
   * latest after a minute.
   * @returns when the change is in effect
   */
  set(rate: number, forMs?: number): Promise<RateChange>;
}

/**
 * Opens the file for changes. There must be one setter for a file at a time.
 * @throws Error if the file has no record, or one that promises a steady rate
 */
export function openRateSetter(file: string, clock: AdjustableClock): RateSetter {
  const record = readRecord(file);
  if (record.steady) throw new Error(`${file} promises a steady rate, so programs may not notice a change`);
  const fd = openSync(file, 'r+');
  let { sequence } = record;
  let turn: Promise<unknown> = Promise.resolve();
  const change = async (rate: number, forMs: number | undefined): Promise<RateChange> => {
    sequence += 1n;
    const { pieces, ...made } = publish(fd, clock.pieces, { rate, forMs, sequence });
    clock.adopt(pieces);
    // A timer may fire a little early, and the next change must find this one in effect.
    for (let now = process.hrtime.bigint(); now < made.atNs; now = process.hrtime.bigint())
      await waitOut(Number(made.atNs - now) / 1e6);
    return made;
  };
  return {
    set(rate, forMs) {
      const mine = turn.then(() => change(rate, endOf(rate, forMs)));
      turn = mine.catch(() => undefined);
      return mine;
    },
    [Symbol.dispose]: () => closeSync(fd),
  };
}

function endOf(rate: number, forMs: number | undefined): number | undefined {
  if (!(rate >= 0 && rate <= fastest)) throw new RangeError(`a clock cannot run at ${rate}`);
  if (rate === 0) return Math.min(forMs ?? longestStopMs, longestStopMs);
  if (rate > 1 && forMs === undefined) throw new RangeError('a raised rate needs an end');
  return rate === 1 ? undefined : forMs;
}

interface Wanted {
  readonly rate: number;
  readonly forMs: number | undefined;
  readonly sequence: bigint;
}

/** Writes the record. The date is checked just before the write that makes the record valid. */
function publish(fd: number, present: ClockPieces, wanted: Wanted): RateChange & { readonly pieces: ClockPieces } {
  for (;;) {
    const nowNs = process.hrtime.bigint();
    const atNs = nowNs + noticeNs;
    const pieces = changedPieces(present, { ...wanted, atNs });
    const record: ClockRecord = { ...fromPresentPiece(pieces, nowNs), sequence: wanted.sequence, steady: false };
    const [validate, ...others] = publishingWrites(record).toReversed();
    for (const { at, bytes } of others.toReversed()) writeSync(fd, bytes, 0, bytes.length, at);
    if (!validate || process.hrtime.bigint() > atNs - leastNoticeNs) continue;
    writeSync(fd, validate.bytes, 0, validate.bytes.length, validate.at);
    return { pieces, rate: wanted.rate, atNs, publishedNs: process.hrtime.bigint() };
  }
}

/** What was known to happen before the date stays, because programs may already live by it. */
function changedPieces(present: ClockPieces, { rate, forMs, atNs }: Wanted & { readonly atNs: bigint }): ClockPieces {
  const [first, ...rest] = present.pieces;
  const kept = rest.filter(({ startNs }) => startNs < atNs);
  const last = kept.at(-1) ?? first;
  const begins: readonly Piece[] = last.rate === rate ? [] : [{ startNs: atNs, rate }];
  const ends: readonly Piece[] =
    forMs === undefined ? [] : [{ startNs: atNs + BigInt(Math.round(forMs * 1e6)), rate: 1 }];
  return { ...present, pieces: [first, ...kept, ...begins, ...ends] };
}
