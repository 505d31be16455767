import path from 'node:path';
import type { Command } from 'commander';

import { exitCode, InputError } from '../kernel/errors.ts';
import { plainText } from '../kernel/plain-text.ts';
import { createLiveProgress } from '../report/live-progress.ts';
import { renderConsole } from '../report/render-console.ts';
import { renderJson } from '../report/render-json.ts';
import { loadProject, type Project } from '../run/project.ts';
import { runVerify } from '../run/run-verify.ts';
import { readRunbook } from '../runbook/read-runbook.ts';
import type { Runbook } from '../runbook/runbook.ts';
import { findProcedure } from '../runbook/select-procedure.ts';
import { readSetupManifest } from '../sandbox/setup-manifest.ts';
import type { LoadedScenario } from '../scenario/load-scenarios.ts';
import { interruptible } from './interruptible.ts';
import { readSeed, readTimeScale } from './read-flags.ts';
import { drillbookVersion } from './version.ts';

interface VerifyFlags {
  readonly runbook?: string;
  readonly only?: readonly string[];
  readonly list?: true;
  readonly json?: true;
  readonly timeScale?: number;
  readonly seed: number;
  readonly keep?: true;
}

export function addVerify(program: Command): void {
  program
    .command('verify')
    .description('break the fleet as the runbook says it breaks, run its procedures, judge')
    .option('--runbook <file>', 'runbook to verify (default: the one of the configuration)')
    .option('--only <id...>', 'run these scenarios only')
    .option('--list', 'list the scenarios with the lines they run, and stop')
    .option('--json', 'print the report as JSON instead of text')
    .option(
      '--time-scale <n>',
      'sandbox seconds per real second, 1 to 60 (default: that of the configuration)',
      readTimeScale,
    )
    .option('--seed <n>', 'seed of the load', readSeed, 1)
    .option('--keep', 'leave the sandbox up for a look')
    .addHelpText(
      'after',
      '\nExit codes: 0 passed, 1 failed, 2 inconclusive, 64 bad input, 70 Drillbook itself broke, 130 interrupted.',
    )
    .action(verify);
}

async function verify(flags: VerifyFlags): Promise<void> {
  const directory = process.cwd();
  const project = await loadProject(directory);
  const runbook = await readRunbook(flags.runbook ?? path.resolve(directory, project.config.runbook), {
    labels: project.config.labels,
  });
  const scenarios = selectScenarios(project, flags.only);
  if (flags.list) {
    process.stdout.write(listScenarios(scenarios, runbook));
    return;
  }
  const manifest = await readSetupManifest(directory);
  const runId = new Date().toISOString().replaceAll(/[-:]/g, '').replace('T', '-').slice(0, 15) + `-${process.pid}`;
  const reportDir = path.join(directory, 'reports', runId);
  const progress = createLiveProgress(process.stderr, { live: isInteractive() });
  const interrupts = interruptible();
  try {
    const { report, interrupted, kept } = await runVerify({
      project,
      runbook,
      scenarios,
      manifest,
      timeScale: flags.timeScale ?? project.config.timeScale,
      seed: flags.seed,
      keep: flags.keep === true,
      version: await drillbookVersion(),
      runId,
      reportDir,
      onEvent: (event) => progress.apply(event),
      signal: interrupts.signal,
      hurry: interrupts.hurry,
    });
    progress.end();
    process.stdout.write(
      flags.json ? renderJson(report) : renderConsole(report, { color: useColor(), cwd: directory }),
    );
    process.stderr.write(`report: ${path.relative(directory, reportDir)}\n`);
    if (kept) process.stderr.write(`kept: ${kept.project}; "drillbook sandbox down ${kept.id}" removes it\n`);
    // Interrupted after its end, a run has a verdict all the same; that it was interrupted is what whoever did it expects to hear.
    process.exitCode = interrupted || interrupts.signal.aborted ? exitCode.interrupted : report.exitCode;
  } finally {
    progress.end();
  }
}

function selectScenarios(project: Project, only: readonly string[] | undefined): readonly LoadedScenario[] {
  if (!only) return project.scenarios;
  const unknown = only.find((id) => !project.scenarios.some((scenario) => scenario.id === id));
  if (unknown !== undefined) {
    throw new InputError(`there is no scenario ${unknown}`, {
      code: 'SCENARIO_UNKNOWN',
      next: `choose among ${project.scenarios.map(({ id }) => id).join(', ')}`,
    });
  }
  return project.scenarios.filter(({ id }) => only.includes(id));
}

function listScenarios(scenarios: readonly LoadedScenario[], runbook: Runbook): string {
  const lines = scenarios.flatMap(({ id, title, diagnosis, recovery }) => [
    `${id}: ${title}`,
    ...[...diagnosis, ...recovery].map(({ run }) => {
      const found = findProcedure(runbook, run);
      return found.kind === 'found'
        ? `  ${run}  ${found.procedure.location.file}:${found.procedure.location.line}`
        : `  ${run}  NOT FOUND: ${found.message}`;
    }),
  ]);
  return plainText(`${lines.join('\n')}\n`);
}

function isInteractive(): boolean {
  return process.stderr.isTTY && !process.env['CI'] && !process.env['NO_COLOR'];
}

function useColor(): boolean {
  return process.stdout.isTTY && !process.env['CI'] && !process.env['NO_COLOR'];
}
