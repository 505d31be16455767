import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { readHistory } from '../history/reader.ts';
import type { HistoryEvent } from '../history/events.ts';
import { fuzz } from '../kernel/testing/fuzz.ts';
import { renderJson } from '../report/render-json.ts';
import { judge } from './judge.ts';
import { recordRun, type Recording } from './testing/record-run.ts';

const target = new URL('testing/fuzz-history.ts', import.meta.url);
let folder = '';
beforeAll(async () => void (folder = await mkdtemp(path.join(tmpdir(), 'drillbook-histories-'))));
afterAll(() => rm(folder, { recursive: true }));

test.each(['history', 'bytes'])(
  'judges any damaged history (%s), or refuses it with its line',
  { timeout: 300_000 },
  async (name) => {
    const { runs, grewBytes } = await fuzz(target, name, { runs: 1000, seed: 4 });
    expect(runs).toBe(1000);
    expect(grewBytes).toBeLessThan(4 * 2 ** 20);
  },
);

async function* stream(events: readonly HistoryEvent[]): AsyncGenerator<HistoryEvent> {
  yield* events;
}

describe('a history that ends early never passes', () => {
  test.each<readonly [what: string, recording: Recording, whole: string]>([
    ['of a run that passes', {}, 'pass'],
    ['of a procedure that does nothing', { cure: () => undefined }, 'fail'],
    ['of a command that fails', { commands: [{ exitCode: 1 }, {}] }, 'fail'],
    ['of a job that is lost', { jobs: { lost: 1 } }, 'fail'],
    ['of a fault that takes no effect', { bit: false }, 'inconclusive'],
  ])('%s', async (_, recording, whole) => {
    const events = recordRun({ controlS: 60, ...recording });
    expect((await judge(stream(events))).verdict).toBe(whole);
    const passing: number[] = [];
    for (let kept = 1; kept < events.length; kept += 1)
      if ((await judge(stream(events.slice(0, kept)))).verdict === 'pass') passing.push(kept);
    expect(passing).toEqual([]);
  });

  test('of which the last line lost a byte', async () => {
    const text = recordRun()
      .map((event) => `${JSON.stringify(event)}\n`)
      .join('');
    const file = path.join(folder, 'short.jsonl');
    await writeFile(file, text.slice(0, -2));
    expect((await judge(readHistory(file))).verdict).toBe('inconclusive');
  });
});

describe('inputs that the fuzzer found, or might find', () => {
  const run = recordRun()[0];
  const lineOf = (changes: object): string => JSON.stringify({ seq: 1, t: 0, s: 0, ...changes });
  const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;

  test.each([
    [
      'an arm with an unknown name',
      lineOf({ type: 'arm.started', scenario: 'a', arm: '__proto__' }),
      /`arm.started.arm` should be one of/,
    ],
    [
      'a row that is null',
      lineOf({ type: 'sample', full: true, queues: { mail: null } }),
      /row of at least 10 numbers, at its key "mail"/,
    ],
    ['a deeply nested type', `{"seq":1,"t":0,"s":0,"type":${deep}}`, /its type is object/],
    ['a deeply nested line', deep, /not an object/],
    ['a time that no calendar has', lineOf({ type: 'arm.started', s: 1e20 }), /`arm.started.s` should be a time/],
    [
      'ids that are not strings',
      lineOf({ type: 'enqueued', queue: 'q', ids: ['a', 5] }),
      /`enqueued.ids` should be string, at its place 1/,
    ],
    [
      'a location without a line',
      lineOf({
        type: 'procedure.started',
        address: 'a',
        purpose: 'recovery',
        location: { file: 'r', line: 0 },
        args: [],
      }),
      /location.line` should be a whole number from 1/,
    ],
  ])('refuses %s, with its line', async (_, line, says) => {
    const file = path.join(folder, 'one.jsonl');
    await writeFile(file, `${JSON.stringify(run)}\n${line}\n`);
    const judged = judge(readHistory(file));
    await expect(judged).rejects.toMatchObject({ code: 'HISTORY_LINE', exitCode: 64, location: { file, line: 2 } });
    await expect(judged).rejects.toThrow(says);
  });

  test.each([
    [
      'a field of the wrong type',
      { claim: 'paused', queues: 'mail', value: true, text: 't' },
      /`paused\.queues` is damaged/,
    ],
    ['an unknown claim', { claim: 'quiet', text: 't' }, /its claim is "quiet"/],
    ['no text', { claim: 'paused', queues: ['mail'], value: true }, /symptoms\.text` should be string/],
  ])('refuses a claim with %s, with its line', async (_, claim, says) => {
    const events = recordRun();
    const planned = events.findIndex(({ type }) => type === 'scenario.planned');
    const lines = events.map((event) =>
      JSON.stringify(
        event.type === 'scenario.planned' ? { ...event, plan: { ...event.plan, symptoms: [claim] } } : event,
      ),
    );
    const file = path.join(folder, 'claim.jsonl');
    await writeFile(file, lines.map((line) => `${line}\n`).join(''));
    const judged = judge(readHistory(file));
    await expect(judged).rejects.toMatchObject({ code: 'HISTORY_LINE', location: { file, line: planned + 1 } });
    await expect(judged).rejects.toThrow(says);
  });

  test('refuses a history without a beginning, and names its file', async () => {
    const file = path.join(folder, 'empty.jsonl');
    await writeFile(file, '');
    await expect(judge(readHistory(file))).rejects.toMatchObject({
      code: 'HISTORY_EMPTY',
      location: { file, line: 1 },
    });
  });

  test('reports a version named like a property of every object', async () => {
    const events = recordRun().map((event) =>
      event.type === 'environment' ? { ...event, versions: { constructor: '1' } } : event,
    );
    const report = await judge(stream(events));
    expect(report.environment?.versions).toContainEqual({
      name: 'constructor',
      declared: null,
      real: '1',
      agrees: null,
    });
    renderJson(report);
  });
});
