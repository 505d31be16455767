import path from 'node:path';
import { styleText } from 'node:util';

import { exitCode } from '../kernel/errors.ts';
import { oneLine, plainText } from '../kernel/plain-text.ts';
import { cellFates, curable, matrixFile, matrixRecord, runMatrix, type Cell } from '../series/run-matrix.ts';
import { defineCommand } from './define-command.ts';
import { readRecord } from './read-record.ts';
import { readSeriesInput, runSeries, seriesOptions, type SeriesFlags } from './run-series.ts';
import { useColor } from './use-color.ts';

export const matrix = defineCommand({
  name: 'matrix',
  summary: 'run every recovery procedure against every fault that it was not written for',
  needsDocker: true,
  options: seriesOptions,
  exits: {
    passed: 'no procedure cures another fault or does harm',
    failed: 'a procedure cures another fault or does harm',
    inconclusive: 'some cells are inconclusive or did not run',
  },
  details: 'A cell takes about 20 s; run it at night.',
  run: fillMatrix,
});

async function fillMatrix(flags: SeriesFlags): Promise<void> {
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
  const isRed = (fate === 'cures' || fate === 'harms') && useColor(process.stdout);
  return isRed ? styleText('red', text) : text;
}

function summarise(cells: readonly Cell[], wanted: number): string {
  const counts = cellFates.map((fate) => `${cells.filter((cell) => cell.fate === fate).length} ${fate}`);
  return `${cells.length} of ${wanted} cells: ${counts.join(', ')}`;
}
