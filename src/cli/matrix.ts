import path from 'node:path';
import { styleText } from 'node:util';
import type { Command } from 'commander';

import { exitCode } from '../kernel/errors.ts';
import { oneLine, plainText } from '../kernel/plain-text.ts';
import { cellFates, curable, matrixFile, matrixRecord, runMatrix, type Cell } from '../series/run-matrix.ts';
import { readRecord } from './read-record.ts';
import { addSeriesOptions, readSeriesInput, runSeries, type SeriesFlags } from './run-series.ts';

export function addMatrix(program: Command): void {
  addSeriesOptions(program.command('matrix'))
    .description('run every recovery procedure against every fault that it was not written for')
    .addHelpText(
      'after',
      '\nFor the night: about 20 s a cell. Exit codes: 0 no procedure cures what it should not or harms, 1 one does, 2 not all was shown, 64, 70 and 130 as with verify.',
    )
    .action(matrix);
}

async function matrix(flags: SeriesFlags): Promise<void> {
  const input = await readSeriesInput(flags);
  const { runbook, resumed, scenarios } = input;
  const known = resumed ? await readRecord(path.join(resumed, matrixFile), matrixRecord, runbook) : undefined;
  const { results: cells, interrupted } = await runSeries(
    { name: 'matrix', recordFile: matrixFile },
    input,
    flags,
    (options, print) => runMatrix({ ...options, cells: known?.cells ?? [], onCell: (cell) => print(describe(cell)) }),
  );
  const wanted = curable(scenarios).length * (curable(scenarios).length - 1);
  process.stdout.write(`\n${summarise(cells, wanted)}\n`);
  const count = (fate: Cell['fate']): number => cells.filter((cell) => cell.fate === fate).length;
  if (interrupted) process.exitCode = exitCode.interrupted;
  else if (count('cures') + count('harms') > 0) process.exitCode = exitCode.failed;
  else process.exitCode = count('inconclusive') > 0 || cells.length < wanted ? exitCode.inconclusive : exitCode.passed;
}

function describe({ fault, procedure, fate, reason }: Cell): string {
  const text = plainText(
    `${fate.padEnd(12)} ${fault.padEnd(20)} by the recovery of ${procedure}: ${oneLine(reason, 120)}`,
  );
  const isRed = (fate === 'cures' || fate === 'harms') && process.stdout.isTTY && !process.env['NO_COLOR'];
  return isRed ? styleText('red', text) : text;
}

function summarise(cells: readonly Cell[], wanted: number): string {
  const counts = cellFates.map((fate) => `${cells.filter((cell) => cell.fate === fate).length} ${fate}`);
  return `${cells.length} of ${wanted} cells: ${counts.join(', ')}`;
}
