import { writeFileSync } from 'node:fs';
import path from 'node:path';

import { array, boolean, constantFrom, nat, oneof, record, string, uint8Array, type Arbitrary } from 'fast-check';

import { readHistory } from '../../history/reader.ts';
import { InputError } from '../../kernel/errors.ts';
import { damages, inflict, type Damage } from '../../kernel/testing/damage.ts';
import type { FuzzTarget } from '../../kernel/testing/fuzz-worker.ts';
import { mutations } from '../../kernel/testing/mutate.ts';
import { renderConsole } from '../../report/render-console.ts';
import { renderJson } from '../../report/render-json.ts';
import { renderJunit } from '../../report/render-junit.ts';
import { renderReportPage } from '../../report/page/render-report-page.ts';
import { renderSummary } from '../../report/render-summary.ts';
import { judgeWithRecord } from '../judge.ts';
import { recordRun, type Recording } from './record-run.ts';

const recordings: readonly Recording[] = [
  {},
  { cure: () => undefined },
  { commands: [{ exitCode: 1, output: 'Error: no' }, {}] },
  { procedure: { ended: 'unanswered-prompt', exitCode: null, unfilled: ['<queue>'] } },
  { bit: false },
  { selfHealing: { afterS: 5, heal: (world) => (world.paused = false) } },
  { jobs: { lost: 1, duplicated: 2, removed: 1, failed: 1, resurrected: 1 } },
  { whileSettling: (world, second) => (world.redisUp = second % 20 !== 0) },
  {
    plan: {
      symptoms: [
        { claim: 'growing', queues: [], states: ['waiting', 'paused'], text: 'g' },
        { claim: 'progress', queues: ['mail'], value: false, text: 'p' },
        { claim: 'container-state', service: 'worker-mail', anyOf: ['running'], text: 'c' },
      ],
    },
  },
];
const histories = recordings.map((recording) => recordRun(recording).map((event) => JSON.stringify(event)));

type Operation =
  | { readonly kind: 'drop' | 'swap' | 'duplicate' | 'cut'; readonly at: number; readonly other: number }
  | { readonly kind: 'damage'; readonly at: number; readonly damage: readonly Damage[] }
  | { readonly kind: 'text'; readonly at: number; readonly text: string };

interface Input {
  readonly recording: number;
  readonly operations: readonly Operation[];
  /** Makes the sequence look whole again, so that the damage reaches the judge. */
  readonly renumber: boolean;
  /** Bytes that are missing at the end. */
  readonly short: number;
}

const operations: Arbitrary<Operation> = oneof(
  {
    weight: 2,
    arbitrary: record({
      kind: constantFrom<('drop' | 'swap' | 'duplicate' | 'cut')[]>('drop', 'swap', 'duplicate', 'cut'),
      at: nat(),
      other: nat(),
    }),
  },
  { weight: 4, arbitrary: record({ kind: constantFrom('damage' as const), at: nat(), damage: damages() }) },
  {
    weight: 1,
    arbitrary: record({
      kind: constantFrom('text' as const),
      at: nat(),
      text: oneof(
        mutations(constantFrom(...histories.flat())),
        string({ unit: 'binary', maxLength: 50 }),
        constantFrom('['.repeat(100_000), `{"type":${'['.repeat(50_000)}${']'.repeat(50_000)}}`),
      ),
    }),
  },
);
const damaged: Arbitrary<Input> = record({
  recording: nat(histories.length - 1),
  operations: array(operations, { minLength: 1, maxLength: 4 }),
  renumber: boolean(),
  short: oneof({ weight: 3, arbitrary: constantFrom(0) }, { weight: 1, arbitrary: nat(300) }),
});

/**
 * Most events are samples, of which a single one hardly matters. So the other events are damaged as often as all
 * samples.
 */
function lineAt(lines: readonly string[], at: number): number {
  const rare = lines.flatMap((line, index) => (line.includes('"type":"sample"') ? [] : [index]));
  return at % 2 === 0 ? (rare[(at >> 1) % rare.length] ?? 0) : (at >> 1) % lines.length;
}

function apply(lines: readonly string[], operation: Operation): readonly string[] {
  if (lines.length === 0) return lines;
  const at = lineAt(lines, operation.at);
  switch (operation.kind) {
    case 'drop':
      return lines.toSpliced(at, 1);
    case 'cut':
      return lines.slice(0, at);
    case 'duplicate':
      return lines.toSpliced(at, 0, lines[at] ?? '');
    case 'swap': {
      const other = operation.other % lines.length;
      return lines.with(at, lines[other] ?? '').with(other, lines[at] ?? '');
    }
    case 'damage':
      return lines.with(at, damageLine(lines[at] ?? '', operation.damage));
    case 'text':
      return lines.with(at, operation.text);
  }
}

/** Only lines that were made too deep for `JSON.stringify` are longer. */
const longestLine = 20_000;

function damageLine(line: string, damage: readonly Damage[]): string {
  const event = parse(line);
  return event === undefined || line.length > longestLine
    ? line
    : (JSON.stringify(damage.reduce(inflict, event)) ?? line);
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return undefined;
  }
}

function renumbered(lines: readonly string[]): readonly string[] {
  return lines.map((line, seq) => line.replace(/^\{"seq":\d+/, `{"seq":${seq}`));
}

function bytesOf({ recording, operations: list, renumber, short }: Input): Buffer {
  const changed = list.reduce(apply, histories[recording] ?? []);
  const bytes = Buffer.from((renumber ? renumbered(changed) : changed).map((line) => `${line}\n`).join(''));
  return bytes.subarray(0, Math.max(0, bytes.length - short));
}

/** The verdict, or undefined if the history is refused. A refusal must name a line of the file. */
async function judgeBytes(bytes: Uint8Array, scratch: string): Promise<string | undefined> {
  const file = path.join(scratch, 'history.jsonl');
  writeFileSync(file, bytes);
  try {
    const judged = await judgeWithRecord(readHistory(file));
    const { report } = judged;
    for (const render of [renderJson, renderJunit, renderSummary]) render(report);
    renderConsole(report, { color: false, cwd: '/' });
    renderReportPage({ ...judged, casts: new Map(), scripts: { page: '', player: '', playerStyle: '' } });
    return report.verdict;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const lines = bytes.filter((byte) => byte === 10).length + 1;
    const { file: named, line = 0 } = error.location ?? {};
    if (named !== file || line < 1 || line > lines) throw new Error(`no line of the file: ${line}`, { cause: error });
    if (error.message.length > 500)
      throw new Error(`that is no sentence: ${error.message.length} characters`, { cause: error });
    return undefined;
  }
}

/** Any history is judged, or refused with its line. A history that lost lines never passes. */
const history: FuzzTarget<Input> = {
  inputs: damaged,
  async check(input, scratch) {
    const verdict = await judgeBytes(bytesOf(input), scratch);
    const lost = input.operations.every(({ kind }) => kind === 'drop' || kind === 'cut');
    if (verdict === 'pass' && lost && !input.renumber) throw new Error('a history that lost lines passes');
  },
};

const bytes: FuzzTarget<Uint8Array> = {
  inputs: uint8Array({ maxLength: 500 }),
  async check(input, scratch) {
    if ((await judgeBytes(input, scratch)) !== undefined) throw new Error('these bytes should not be a history');
  },
};

export const targets = { history, bytes };
