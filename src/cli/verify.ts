import path from 'node:path';
import type { Command } from 'commander';

import { exitCode, formatLocation, InputError, type Location } from '../kernel/errors.ts';
import { plainText } from '../kernel/plain-text.ts';
import { createLiveProgress } from '../live/live-progress.ts';
import { renderConsole } from '../report/render-console.ts';
import { renderJson } from '../report/render-json.ts';
import { loadProject, type Project } from '../scenario/load-project.ts';
import { runVerify } from '../run/run-verify.ts';
import { readRunbook } from '../runbook/read-runbook.ts';
import type { Runbook } from '../runbook/runbook.ts';
import { findProcedures } from '../runbook/select-procedure.ts';
import { readSetupManifest, withVersions } from '../sandbox/setup-manifest.ts';
import type { LoadedScenario } from '../scenario/load-scenarios.ts';
import { interruptible } from './interruptible.ts';
import { readAge, readCount, readSeed, readTimeScale, readVersion } from './read-flags.ts';
import { newRunId, selectScenarios } from './select-scenarios.ts';
import { drillbookVersion } from './version.ts';

type LabelWords = Project['config']['labels'];

interface VerifyFlags {
  readonly runbook?: string;
  readonly only?: readonly string[];
  readonly list?: true;
  readonly json?: true;
  readonly timeScale?: number;
  readonly seed: number;
  readonly keep?: true;
  readonly sandboxes?: number;
  readonly repeat?: true;
  readonly reuseControls?: number;
  readonly bullmq?: string;
  readonly redis?: string;
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
    .option('--repeat', 'run each recovery again: on the healthy fleet, and after it was cut off half-way')
    .option(
      '--reuse-controls <age>',
      'take a control arm that is at most so old (e.g. 24h) and was recorded when all but the recovery was as it is now, and run it where there is none (0s: run each, and keep it for later)',
      readAge,
    )
    .option('--bullmq <version>', 'let the example fleet run on this version of BullMQ, e.g. 5.66.5', readVersion)
    .option('--redis <version>', 'run on this version of Redis, e.g. 8.0.2', readVersion)
    .option('--keep', 'leave the sandbox up for a look')
    .option(
      '--sandboxes <n>',
      'share the scenarios out to so many sandboxes at once (default: that of the configuration)',
      readCount,
    )
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
  if (flags.keep && flags.sandboxes !== undefined && flags.sandboxes > 1) {
    throw new InputError('--keep leaves one sandbox up, and --sandboxes asks for several', {
      code: 'FLAGS_CONTRADICT',
      next: 'leave one of them out',
    });
  }
  if (flags.list) {
    process.stdout.write(listScenarios(scenarios, runbook, project.config.labels));
    return;
  }
  const manifest = withVersions(await readSetupManifest(directory), flags);
  const runId = newRunId();
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
      sandboxes: flags.keep ? 1 : (flags.sandboxes ?? project.config.sandboxes),
      repeat: flags.repeat === true,
      reuseControlsMs: flags.reuseControls,
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

/** A table of what is run of the runbook, and where it stands there. */
function listScenarios(scenarios: readonly LoadedScenario[], runbook: Runbook, labels: LabelWords): string {
  const rows = scenarios.flatMap(({ id, title, diagnosis, recovery, maintenance }) => {
    const steps = [...diagnosis, ...recovery, ...maintenance].flatMap(({ run }) => {
      const found = findProcedures(runbook, run, labels);
      if (found.kind === 'found') return found.procedures.map(({ location }) => [run, lineOf(location)]);
      return [[run, `${lineOf(found.location)} NOT FOUND: ${found.message}`]];
    });
    const [first = ['-', 'runs no block: the fleet must heal by itself'], ...others] = steps;
    return [[id, ...first], ...others.map((step) => ['', ...step]), ['', title, '']];
  });
  const widths = [0, 1].map((column) =>
    Math.max(...rows.filter((row) => row[2] !== '').map((row) => row[column]?.length ?? 0)),
  );
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return plainText(`${lines.join('\n')}\n`);
}

function lineOf(location: Location): string {
  return formatLocation({ ...location, file: path.relative(process.cwd(), location.file) });
}

function isInteractive(): boolean {
  return process.stderr.isTTY && !process.env['CI'] && !process.env['NO_COLOR'];
}

function useColor(): boolean {
  return process.stdout.isTTY && !process.env['CI'] && !process.env['NO_COLOR'];
}
