import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { array, assert as check, bigInt, constantFrom, double, oneof, property, record, tuple } from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { hostNsAt, sandboxNsAt, type ClockPieces, type Piece } from '../src/kernel/clock-pieces.ts';
import { emptyClockFile, publishingWrites } from '../src/kernel/clock-record.ts';
import { createClock, startPieces } from '../src/kernel/clock.ts';
import { waitOut } from '../src/kernel/poll-until.ts';
import { createClockFile, openRateSetter, type RateChange, type RateSetter } from '../src/sandbox/clock-file.ts';
import { buildLibrary, buildProgram, has } from './testing/build.ts';

const seconds = (from: number, to: number) =>
  bigInt({ min: BigInt(from) * 1_000_000_000n, max: BigInt(to) * 1_000_000_000n });
const rates = oneof(constantFrom(0, 1, 5, 10, 20, 60), double({ min: 0.01, max: 1000, noNaN: true }));
const clocks = record({
  start: seconds(1, 40_000_000),
  wall: seconds(1_500_000_000, 2_500_000_000),
  steady: seconds(1, 80_000_000),
  first: rates,
  others: array(tuple(oneof(seconds(0, 3600), bigInt({ min: 0n, max: 100n })), rates), { maxLength: 3 }),
  after: array(seconds(0, 100_000), { minLength: 1, maxLength: 8 }),
}).map(({ start, wall, steady, first, others, after }) => {
  let at = start;
  const rest: Piece[] = [];
  for (const [length, rate] of others) rest.push({ startNs: (at += length), rate });
  const clock: ClockPieces = {
    realtimeNs: wall,
    monotonicNs: steady,
    pieces: [{ startNs: start, rate: first }, ...rest],
  };
  return { clock, hosts: after.map((time) => start + time), sandboxes: after.map((time) => steady + time) };
});

/** The ways to wait of native/wait-probe.c, without the timers of the kernel. */
const followers = [
  ...['nanosleep', 'clock_nanosleep', 'clock_nanosleep_until', 'clock_nanosleep_until_boottime', 'usleep', 'sleep'],
  ...['poll', 'ppoll', 'select', 'pselect', 'epoll_wait', 'epoll_pwait', 'sigtimedwait'],
  ...['condition_realtime', 'condition_monotonic', 'condition_clockwait', 'mutex', 'semaphore', 'semaphore_clockwait'],
  ...['futex', 'futex_until'],
];

describe.skipIf(!has('cc'))('a clock that changes its rate (needs a C compiler, `cc`)', () => {
  let dir: string;
  const at = (name: string): string => path.join(dir, name);

  beforeAll(() => {
    dir = mkdtempSync(path.join(tmpdir(), 'clock-changes-'));
    buildLibrary('sandbox-clock', dir);
    for (const name of ['clock-formula', 'clock-readers', 'wait-probe']) buildProgram(name, dir);
  });

  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  test('the library and the harness compute the same times, to the nanosecond', () => {
    const file = at('formula');
    check(
      property(clocks, ({ clock, hosts, sandboxes }) => {
        const bytes = emptyClockFile();
        for (const write of publishingWrites({ ...clock, sequence: 7n, steady: false }))
          write.bytes.copy(bytes, write.at);
        writeFileSync(file, bytes);
        const edges = clock.pieces.flatMap(({ startNs }) => [startNs, startNs + 1n]);
        const asked = [...[...hosts, ...edges].map((time) => `s ${time}`), ...sandboxes.map((time) => `r ${time}`)];
        const answers = execFileSync(at('clock-formula'), [file], { input: asked.join('\n'), encoding: 'utf8' });
        expect(answers.trim().split('\n')).toEqual([
          ...[...hosts, ...edges].map((time) => String(sandboxNsAt(clock, time))),
          ...sandboxes.map((time) => String(hostNsAt(clock, time) ?? 'never')),
        ]);
      }),
      { numRuns: 300 },
    );
  });

  test('a time is not reached before the host time at which it is said to be reached', () => {
    check(
      property(clocks, ({ clock, sandboxes }) => {
        for (const time of sandboxes) {
          const host = hostNsAt(clock, time);
          if (host !== undefined) expect(sandboxNsAt(clock, host)).toBeGreaterThanOrEqual(time);
        }
      }),
    );
    expect.hasAssertions();
  });

  test('no clock goes back while the rate changes hundreds of times, and every reading lies in its bounds', async () => {
    const { file, clock } = startClock('race');
    const folder = at('readings');
    mkdirSync(folder);
    using setter = openRateSetter(file, clock);
    const processes = 3;
    const env = { ...process.env, DRILLBOOK_CLOCK: file, LD_PRELOAD: at('libsandbox-clock.so') };
    const readers = spawn(at('clock-readers'), [String(processes), folder], {
      env,
      stdio: ['pipe', 'ignore', 'inherit'],
    });
    const ended = once(readers, 'exit');
    const changes: RateChange[] = [];
    for (let i = 0; i < 200; i++) changes.push(await setter.set([10, 0, 1, 60, 0.5, 20][i % 6] ?? 1, 3_000));
    readers.stdin.end();
    expect(await ended, 'exit code and signal').toEqual([0, null]);

    const readings = readdirSync(folder).flatMap((name) => readTriples(path.join(folder, name)));
    expect(readings.length).toBeGreaterThan(processes * 1_000);
    const bounds = createBounds(clock.pieces, changes);
    for (const [before, shown, after] of readings) {
      const [least, most] = bounds(before, after);
      if (shown < least || shown > most)
        throw new Error(`between ${before} and ${after} a program read ${shown}, not ${least} to ${most}`);
    }
  });

  test('no signal is lost between two slices of a wait', () => {
    const folder = mkdtempSync(at('fine-'));
    // Slices of a microsecond: signals then mostly arrive between two of them.
    const library = buildLibrary('sandbox-clock', folder, ['-DSLICE=1000']);
    const { file } = startClock('signals');
    const env = { ...process.env, DRILLBOOK_CLOCK: file, LD_PRELOAD: library };
    const said = execFileSync(at('wait-probe'), ['1', 'interrupted_often'], { env, encoding: 'utf8', timeout: 60_000 });
    expect(Number(said.trim().split(' ').at(-1))).toBe(0);
  });

  test.each([
    {
      what: 'faster',
      from: 1,
      change: (setter: RateSetter) => setter.set(20, 60_000),
      askedMs: 20_000,
      leastMs: 1_000,
    },
    {
      what: 'slower',
      from: 20,
      change: (setter: RateSetter) => setter.set(10, 60_000),
      askedMs: 60_000,
      leastMs: 3_000,
    },
    {
      what: 'faster, until the harness is gone',
      from: 1,
      change: (setter: RateSetter) => setter.set(20, 300),
      askedMs: 10_000,
      leastMs: 4_000,
    },
    { what: 'stopped, then going on', from: 1, change: stopAndGo, askedMs: 3_000, leastMs: 4_000 },
  ])(
    'every wait that can follow the clock follows it when it gets $what',
    async ({ from, change, askedMs, leastMs }) => {
      const { file, clock } = startClock(`waits-${from}-${askedMs}`, from);
      using setter = openRateSetter(file, clock);
      const waits = followers.map((name) => startWait(file, name, askedMs));
      await Promise.all(waits.map(({ begun }) => begun));
      await change(setter);
      for (const { name, ended } of waits) {
        const { sandboxMs, realMs } = await ended;
        expect(sandboxMs, name).toBeGreaterThanOrEqual(askedMs);
        // Late by a slice and what a busy machine takes, but not by the rest of the wait.
        expect(realMs, name).toBeGreaterThanOrEqual(leastMs);
        expect(realMs, name).toBeLessThan(12_000);
      }
    },
  );

  /** Stopped for longer than the waits last, so a wait that does not follow ends much too early. */
  async function stopAndGo(setter: RateSetter): Promise<void> {
    await setter.set(0);
    await waitOut(4_000);
    await setter.set(20, 60_000);
  }

  function startWait(file: string, name: string, askedMs: number) {
    const env = { ...process.env, DRILLBOOK_CLOCK: file, LD_PRELOAD: at('libsandbox-clock.so') };
    const child = spawn(at('wait-probe'), [String(askedMs), name, 'announce'], {
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
    const begun = lines.next();
    const ended = begun.then(async () => {
      const [, sandbox, real] = String((await lines.next()).value).split(' ');
      return { sandboxMs: Number(sandbox), realMs: Number(real) };
    });
    return { name, begun, ended };
  }

  /** A clock whose file promises no steady rate. */
  function startClock(name: string, rate = 1) {
    const clock = createClock(startPieces(rate, Date.now(), process.hrtime.bigint()), false);
    createClockFile(at(name), clock);
    return { file: at(name), clock };
  }
});

type Triple = readonly [before: bigint, shown: bigint, after: bigint];

function readTriples(file: string): readonly Triple[] {
  const bytes = readFileSync(file);
  return Array.from({ length: bytes.length / 24 }, (_, i): Triple => {
    const word = (n: number): bigint => bytes.readBigInt64LE(i * 24 + n * 8);
    return [word(0), word(1), word(2)];
  });
}

/** A change that the writer published too late, because the machine was busy, widens the bounds from its date on. */
function createBounds(all: ClockPieces, changes: readonly RateChange[]) {
  const late = changes
    .filter(({ atNs, publishedNs }) => publishedNs > atNs)
    .map(({ atNs, publishedNs }) => {
      const before = { ...all, pieces: all.pieces.filter(({ startNs }, i) => i === 0 || startNs < atNs) };
      return { atNs, publishedNs, earlier: before as ClockPieces };
    });
  return (before: bigint, after: bigint): readonly [bigint, bigint] => {
    let [least, most] = [sandboxNsAt(all, before), sandboxNsAt(all, after)];
    for (const { atNs, publishedNs, earlier } of late) {
      if (after < atNs) continue;
      const highest = sandboxNsAt(earlier, publishedNs);
      if (highest > most) most = highest;
      if (before > publishedNs) continue;
      const lowest = sandboxNsAt(earlier, before);
      if (lowest < least) least = lowest;
    }
    return [least, most];
  };
}
