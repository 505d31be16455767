import { expect, test } from 'vitest';

import { ArmRecord } from '../record/arm-record.ts';
import { recordRun, recovery } from './testing/record-run.ts';
import { locationAt } from './blame.ts';

interface Ran {
  readonly line: number;
  readonly text: string;
  readonly fromMs: number;
  readonly ms: number;
}

/** The line to blame so many real ms after the start of a block of one second. */
function lineAt(ms: number, ran: readonly Ran[]): number | undefined {
  const commands = ran.map(({ line, text, fromMs, ms: durationMs }) => ({
    text,
    startedMs: fromMs,
    durationMs,
    location: { file: 'r.md', line },
  }));
  const arm = new ArmRecord();
  for (const event of recordRun({ commands, procedure: { durationMs: 50 } }))
    if (event.arm === 'treatment') arm.push(event);
  const block = arm.procedures.find(({ started }) => started.address === recovery);
  const zero = (block?.ended?.t ?? 0) - 50;
  return locationAt(arm, zero + ms)?.line;
}

const stop = { line: 31, text: 'docker compose stop a', fromMs: 0, ms: 200 };
const start = { line: 32, text: 'docker compose start a', fromMs: 200, ms: 200 };

test('blames the command that ran, and the block if none did', () => {
  expect(lineAt(100, [stop, start])).toBe(31);
  expect(lineAt(300, [stop, start])).toBe(32);
  expect(lineAt(900, [stop, start])).toBe(30);
});

test('blames the inner one of two commands', () => {
  const call = { line: 40, text: 'docker_restart a', fromMs: 0, ms: 500 };
  expect(lineAt(100, [call, stop])).toBe(31);
});

test('blames a command that talks to other processes before one that only waits', () => {
  const wait = { line: 33, text: 'sleep 1', fromMs: 50, ms: 1000 };
  expect(lineAt(100, [stop, wait])).toBe(31);
});

test('blames the block if two commands ran side by side', () => {
  const beside = { line: 35, text: 'docker compose stop b', fromMs: 50, ms: 300 };
  expect(lineAt(100, [stop, beside])).toBe(30);
  // One of them alone.
  expect(lineAt(20, [stop, beside])).toBe(31);
});
