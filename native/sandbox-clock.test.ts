import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import type { ClockRecord } from '../src/kernel/clock-record.ts';
import { clockMagic, emptyClockFile, publishingWrites } from '../src/kernel/clock-record.ts';
import { startPieces } from '../src/kernel/clock.ts';
import { buildLibrary, buildProgram, has } from './testing/build.ts';

const FACTOR = 20;

let dir: string;
const built = (name: string): string => path.join(dir, name);

/**
 * Writes a clock file whose epoch is now, so that sandbox time starts at real time.
 * @param steppedMs pretends that the host's wall clock has stepped by this much since the epoch
 */
function writeClock(
  factor: number,
  { steppedMs = 0, steady = true }: { readonly steppedMs?: number; readonly steady?: boolean } = {},
): { epochMs: number; monotonicNs: bigint } {
  const [epochMs, monotonicNs] = [Date.now() - steppedMs, process.hrtime.bigint()];
  writeFileSync(built('clock'), clockFile({ ...startPieces(factor, epochMs, monotonicNs), sequence: 1n, steady }));
  return { epochMs, monotonicNs };
}

function clockFile(record: ClockRecord): Buffer {
  const bytes = emptyClockFile();
  for (const write of publishingWrites(record)) write.bytes.copy(bytes, write.at);
  return bytes;
}

const sandboxEnv = (): NodeJS.ProcessEnv => ({
  ...process.env,
  DRILLBOOK_CLOCK: built('clock'),
  LD_PRELOAD: built('libsandbox-clock.so'),
});

/** Runs a program on the sandbox clock; returns its output and the real milliseconds it took. */
function run(command: string, ...args: string[]): { output: string; realMs: number } {
  const began = performance.now();
  const output = execFileSync(command, args, { env: sandboxEnv(), encoding: 'utf8', timeout: 60_000 });
  return { output: output.trim(), realMs: performance.now() - began };
}

interface Wait {
  readonly name: string;
  readonly sandboxMs: number;
  readonly realMs: number;
  readonly leftMs: number;
}

function probe(ms: number, ...name: string[]): Wait[] {
  return run(built('wait-probe'), String(ms), ...name)
    .output.split('\n')
    .map((line) => line.split(' '))
    .map(([way = '', sandbox, real, left]) => ({
      name: way,
      sandboxMs: Number(sandbox),
      realMs: Number(real),
      leftMs: Number(left),
    }));
}

describe.skipIf(!has('cc'))('the sandbox clock (needs a C compiler, `cc`)', () => {
  beforeAll(() => {
    dir = mkdtempSync(path.join(tmpdir(), 'sandbox-clock-'));
    buildLibrary('sandbox-clock', dir);
    buildProgram('wait-probe', dir);
  });

  beforeEach(() => {
    writeClock(FACTOR);
  });

  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  test.each([true, false])('every way to wait takes its sandbox time, and less real time; steady: %s', (steady) => {
    writeClock(FACTOR, { steady });
    const waits = probe(4_000);
    expect(waits.length).toBeGreaterThanOrEqual(29);
    for (const wait of waits) {
      expect(wait.sandboxMs, wait.name).toBeGreaterThanOrEqual(4_000);
      expect(wait.realMs, wait.name).toBeLessThan(4_000);
    }
  });

  test.each([true, false])('a wait under a millisecond of real time is rounded up; steady: %s', (steady) => {
    writeClock(FACTOR, { steady });
    for (const wait of probe(1)) expect(wait.sandboxMs, wait.name).toBeGreaterThanOrEqual(1);
  });

  // A busy machine may pause between two calls. These bounds hold for any pause, and real time would break them.
  test.each([true, false])('a call reports the rest of a wait in sandbox time; steady: %s', (steady) => {
    writeClock(FACTOR, { steady });
    const asked = 20_000;
    const real = asked / FACTOR;
    expect(probe(asked, 'select')[0]?.leftMs).toBe(0);
    for (const name of ['alarm', 'timer_settime']) {
      const [timer] = probe(asked, name);
      expect(timer?.leftMs, name).toBeGreaterThan(real);
      expect(timer?.leftMs, name).toBeLessThanOrEqual(asked);
    }
    // This one sleeps for twice as long, and a signal ends it half-way.
    const [interrupted] = probe(asked, 'interrupted_nanosleep');
    expect(interrupted?.leftMs).toBeGreaterThanOrEqual(2 * asked - (interrupted?.sandboxMs ?? 0));
    expect(interrupted?.leftMs).toBeLessThan(2 * asked);
  });

  test.each(['absent', 'empty', 'nonsense', 'another layout', 'no whole record', 'a negative rate'])(
    'runs in real time if the clock file is wrong: %s',
    (kind) => {
      const record = { ...startPieces(FACTOR, Date.now(), process.hrtime.bigint()), sequence: 1n, steady: true };
      const whole = clockFile(record);
      const torn = Buffer.from(whole);
      torn.writeBigUInt64LE(2n, 256);
      const [first] = record.pieces;
      const contents: Record<string, Buffer> = {
        empty: Buffer.alloc(0),
        nonsense: Buffer.from('tick tock\n'),
        'another layout': Buffer.concat([Buffer.from('drbclock-record9'), whole.subarray(16)]),
        'no whole record': torn,
        'a negative rate': clockFile({ ...record, pieces: [{ ...first, rate: -1 }] }),
      };
      rmSync(built('clock'));
      if (contents[kind]) writeFileSync(built('clock'), contents[kind]);
      const [wait] = probe(100, 'nanosleep');
      expect(wait?.realMs).toBeGreaterThanOrEqual(100);
      expect(Math.abs(Number(run('date', '+%s').output) - Date.now() / 1000)).toBeLessThan(60);
    },
  );

  test('accepts a factor with a fraction, and one below 1', () => {
    writeClock(2.5);
    expect(probe(500, 'nanosleep')[0]?.realMs).toBeGreaterThanOrEqual(200);
    writeClock(0.5);
    expect(probe(100, 'poll')[0]?.realMs).toBeGreaterThanOrEqual(200);
  });

  test.each([1, FACTOR])('the sandbox does not see a step of the host’s wall clock, at factor %d', (factor) => {
    for (const steppedMs of [-86_400_000, 3_600_000]) {
      const { epochMs, monotonicNs } = writeClock(factor, { steppedMs });
      const now = (): number => epochMs + (Number(process.hrtime.bigint() - monotonicNs) / 1e6) * factor;
      const earliest = now();
      const shown = Number(run('date', '+%s%3N').output);
      expect(shown).toBeGreaterThanOrEqual(Math.floor(earliest));
      expect(shown).toBeLessThanOrEqual(now());
      // A deadline on the wall clock is reached when the sandbox's wall clock reaches it.
      for (const wait of probe(20)) {
        expect(wait.sandboxMs, wait.name).toBeGreaterThanOrEqual(20);
        expect(wait.realMs, wait.name).toBeLessThan(30_000);
      }
    }
  });

  test('`date` shows epoch + factor x elapsed', () => {
    const factor = 1_000;
    const { epochMs, monotonicNs } = writeClock(factor);
    const now = (): number => epochMs + (Number(process.hrtime.bigint() - monotonicNs) / 1e6) * factor;
    // The epoch is rounded to a millisecond, and the test reads its two clocks one after the other.
    const slack = 5 * factor;
    const earliest = now();
    const shown = Number(run('date', '+%s%3N').output);
    expect(shown).toBeGreaterThanOrEqual(earliest - slack);
    expect(shown).toBeLessThanOrEqual(now() + slack);
  });

  test('bash waits in sandbox time: sleep, read -t, timeout and SECONDS', () => {
    const script = 'sleep 20; read -t 10 < <(sleep 60 2>/dev/null); timeout 10 sleep 600; echo "$? $SECONDS"';
    const { output, realMs } = run('bash', '-c', script);
    const [status, seconds] = output.split(' ').map(Number);
    expect(status).toBe(124);
    expect(seconds).toBeGreaterThanOrEqual(40);
    expect(realMs).toBeLessThan(40_000);
  });

  test('Node.js waits in sandbox time: timers, intervals, Atomics.wait; its two clocks agree', () => {
    const { output, realMs } = run(process.execPath, '--input-type=module', '-e', NODE_PROGRAM);
    const { skew = NaN, longWaitsEndEarly, ...waits } = JSON.parse(output) as Record<string, number>;
    for (const [name, waited] of Object.entries(waits)) {
      expect(waited, name).toBeGreaterThanOrEqual(9_990);
      expect(waited, name).toBeLessThan(10_000 * FACTOR);
    }
    expect(Object.keys(waits)).toEqual(['timeout', 'interval', 'atomics']);
    expect(Math.abs(skew)).toBeLessThan(100 * FACTOR);
    expect(longWaitsEndEarly).toBe(false);
    expect(realMs).toBeLessThan(30_000);
  });

  test.skipIf(!has('redis-server'))(
    'Redis expires keys and shows TIME in sandbox time (needs redis-server)',
    async () => {
      const port = String(await freePort());
      const cli = (...args: string[]): string => run('redis-cli', '-p', port, ...args).output;
      const server = spawn('redis-server', ['--port', port, '--save', '', '--dir', dir], { env: sandboxEnv() });
      try {
        for await (const chunk of server.stdout) if (String(chunk).includes('Ready to accept connections')) break;
        const began = performance.now();
        cli('SET', 'lock', 'held', 'PX', '30000');
        expect(Number(cli('PTTL', 'lock'))).toBeLessThanOrEqual(30_000);
        expect(cli('BLPOP', 'nothing', '40')).toBe('');
        expect(cli('EXISTS', 'lock')).toBe('0');
        expect(performance.now() - began).toBeLessThan(40_000);
        const [shown] = cli('TIME').split('\n').map(Number);
        expect(Math.abs((shown ?? 0) - Number(run('date', '+%s').output))).toBeLessThan(FACTOR);
      } finally {
        server.kill('SIGKILL');
        if (server.exitCode === null && server.signalCode === null) await once(server, 'exit');
      }
    },
  );

  test('names its layout, which the harness looks for', () => {
    expect(readFileSync(built('libsandbox-clock.so')).includes(clockMagic)).toBe(true);
  });

  test('needs no glibc newer than 2.31', () => {
    const needed = execFileSync('objdump', ['-T', built('libsandbox-clock.so')], { encoding: 'utf8' });
    const versions = [...needed.matchAll(/GLIBC_2\.(\d+)/g)].map((match) => Number(match[1]));
    expect(versions.length).toBeGreaterThan(0);
    expect(Math.max(...versions)).toBeLessThanOrEqual(31);
  });
});

const NODE_PROGRAM = `
  const took = async (wait) => { const from = performance.now(); await wait(); return performance.now() - from; };
  const wall = Date.now(), steady = performance.now();
  const timeout = await took(() => new Promise((done) => setTimeout(done, 10_000)));
  const interval = await took(() => new Promise((done) => {
    let ticks = 0;
    const timer = setInterval(() => { if (++ticks === 5) { clearInterval(timer); done(); } }, 2_000);
  }));
  const cell = new Int32Array(new SharedArrayBuffer(4));
  const atomics = await took(() => Atomics.wait(cell, 0, 0, 10_000));
  const skew = (Date.now() - wall) - (performance.now() - steady);
  const longWaitsEndEarly = timeout < 9_999 || interval < 9_995 || atomics < 9_999;
  console.log(JSON.stringify({ timeout, interval, atomics, skew, longWaitsEndEarly }));
`;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no TCP port');
  return address.port;
}
