import path from 'node:path';

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
import { defineCommand } from './define-command.ts';
import type { Flags } from './options.ts';
import { newRunId, selectScenarios } from './select-scenarios.ts';
import { useColor } from './use-color.ts';
import { drillbookVersion } from './version.ts';

type LabelWords = Project['config']['labels'];

const verifyOptions = [
  'runbook',
  'only',
  'list',
  'json',
  'timeScale',
  'seed',
  'repeat',
  'reuseControls',
  'bullmq',
  'redis',
  'keep',
  'sandboxes',
] as const;

export const verify = defineCommand({
  name: 'verify',
  summary: "break the fleet as the runbook says it breaks, run the runbook's procedures, and judge",
  needsDocker: true,
  options: verifyOptions,
  run: verifyRunbook,
});

async function verifyRunbook(flags: Flags<(typeof verifyOptions)[number]>): Promise<void> {
  const directory = process.cwd();
  const project = await loadProject(directory);
  const runbook = await readRunbook(flags.runbook ?? path.resolve(directory, project.config.runbook), {
    labels: project.config.labels,
  });
  const scenarios = selectScenarios(project, flags.only);
  if (flags.keep && flags.sandboxes !== undefined && flags.sandboxes > 1) {
    throw new InputError('--keep leaves one sandbox up, and --sandboxes asks for several', {
      code: 'FLAGS_CONTRADICT',
      next: 'leave out one of the two',
    });
  }
  if (flags.list) {
    process.stdout.write(listScenarios(scenarios, runbook, project.config.labels));
    return;
  }
  const manifest = withVersions(await readSetupManifest(directory), flags);
  const runId = newRunId();
  const reportDir = path.join(directory, 'reports', runId);
  const progress = createLiveProgress(process.stderr, { live: useColor(process.stderr) });
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
      flags.json ? renderJson(report) : renderConsole(report, { color: useColor(process.stdout), cwd: directory }),
    );
    process.stderr.write(`report: ${path.relative(directory, reportDir)}\n`);
    if (kept) process.stderr.write(`kept: ${kept.project}; "drillbook sandbox down ${kept.id}" removes it\n`);
    // If the interrupt comes after the run finished, the verdict still stands, but the exit code is 130:
    // the caller who interrupted it expects that.
    process.exitCode = interrupted || interrupts.signal.aborted ? exitCode.interrupted : report.exitCode;
  } finally {
    progress.end();
  }
}

/** A table of each scenario's blocks and their lines in the runbook. */
function listScenarios(scenarios: readonly LoadedScenario[], runbook: Runbook, labels: LabelWords): string {
  const rows = scenarios.flatMap(({ id, title, diagnosis, recovery, maintenance }) => {
    const steps = [...diagnosis, ...recovery, ...maintenance].flatMap(({ run }) => {
      const found = findProcedures(runbook, run, labels);
      if (found.kind === 'found') return found.procedures.map(({ location }) => [run, lineOf(location)]);
      return [[run, `${lineOf(found.location)} NOT FOUND: ${found.message}`]];
    });
    const [first = ['-', 'runs no block; the fleet must heal by itself'], ...others] = steps;
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
