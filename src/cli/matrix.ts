import path from 'node:path';
import { styleText } from 'node:util';
import type { Command } from 'commander';

import { exitCode } from '../kernel/errors.ts';
import { oneLine, plainText } from '../kernel/plain-text.ts';
import { createLiveProgress } from '../report/live-progress.ts';
import { loadProject } from '../run/project.ts';
import { cellFates, curable, matrixFile, matrixRecord, runMatrix, type Cell } from '../run/run-matrix.ts';
import { readRunbook } from '../runbook/read-runbook.ts';
import { readSetupManifest } from '../sandbox/setup-manifest.ts';
import { interruptible } from './interruptible.ts';
import { readSeed, readTimeScale } from './read-flags.ts';
import { readRecord } from './read-record.ts';
import { newRunId, selectScenarios } from './select-scenarios.ts';
import { drillbookVersion } from './version.ts';

interface MatrixFlags {
  readonly runbook?: string;
  readonly only?: readonly string[];
  readonly resume?: string;
  readonly timeScale?: number;
  readonly seed: number;
}

export function addMatrix(program: Command): void {
  program
    .command('matrix')
    .description('run every recovery procedure against every fault that it was not written for')
    .option('--runbook <file>', 'runbook (default: the one of the configuration)')
    .option('--only <id...>', 'the faults and procedures of these scenarios only')
    .option('--resume <run>', 'go on where this run ended')
    .option('--time-scale <n>', 'sandbox seconds per real second, 1 to 60', readTimeScale)
    .option('--seed <n>', 'seed of the load', readSeed, 1)
    .addHelpText(
      'after',
      '\nFor the night: about half a minute a cell. Exit codes: 0 no procedure cures what it should not or harms, 1 one does, 2 not all was shown, 64, 70 and 130 as with verify.',
    )
    .action(matrix);
}

async function matrix(flags: MatrixFlags): Promise<void> {
  const directory = process.cwd();
  const project = await loadProject(directory);
  const file = flags.runbook ?? path.resolve(directory, project.config.runbook);
  const runbook = await readRunbook(file, { labels: project.config.labels });
  const scenarios = selectScenarios(project, flags.only);
  const runId = newRunId();
  const resumed = flags.resume === undefined ? undefined : path.resolve(flags.resume);
  const reportDir = resumed ?? path.join(directory, 'reports', `matrix-${runId}`);
  const known = resumed ? await readRecord(path.join(resumed, matrixFile), matrixRecord, runbook) : undefined;
  const progress = createLiveProgress(process.stderr, { live: process.stderr.isTTY && !process.env['CI'] });
  const interrupts = interruptible();
  const cells = await runMatrix({
    project,
    runbook,
    scenarios,
    cells: known?.cells ?? [],
    manifest: await readSetupManifest(directory),
    timeScale: flags.timeScale ?? project.config.timeScale,
    seed: flags.seed,
    version: await drillbookVersion(),
    runId,
    reportDir,
    onEvent: (event) => progress.apply(event),
    onCell: (cell) => {
      progress.end();
      process.stdout.write(`${describe(cell)}\n`);
    },
    signal: interrupts.signal,
    hurry: interrupts.hurry,
  }).finally(() => progress.end());
  const wanted = curable(scenarios).length * (curable(scenarios).length - 1);
  process.stdout.write(`\n${summarise(cells, wanted)}\n`);
  process.stderr.write(`record: ${path.relative(directory, path.join(reportDir, matrixFile))}\n`);
  const count = (fate: Cell['fate']): number => cells.filter((cell) => cell.fate === fate).length;
  if (interrupts.signal.aborted) process.exitCode = exitCode.interrupted;
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
