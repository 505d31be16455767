import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { runReportSchema, type Check, type RunReport, type ScenarioReport } from '../../src/verdict/run-report.ts';

export const projectDir = path.resolve(import.meta.dirname, '../..');

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A running command. Disposal interrupts it and waits for its end, so that a failing test leaves no run behind. */
export interface Started extends AsyncDisposable {
  readonly child: ChildProcess;
  readonly ended: Promise<Outcome>;
  /** Everything on stdout and stderr so far. */
  seen(): string;
}

interface StartOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** A command that starts ours, with its flags: `nsenter -t 1 -n`. */
  readonly prefix?: readonly string[];
}

/** Starts `drillbook` as a user would, without a terminal. */
export function startDrillbook(args: readonly string[], options: StartOptions = {}): Started {
  const [command, ...before] = [...(options.prefix ?? []), process.execPath];
  const child = spawn(command, [...before, path.join(projectDir, 'bin/drillbook.mjs'), ...args], {
    cwd: options.cwd ?? projectDir,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
  const ended = new Promise<Outcome>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, ...output }));
  });
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await ended;
  };
  return { child, ended, seen: () => output.stdout + output.stderr, [Symbol.asyncDispose]: stop };
}

export function runDrillbook(
  args: readonly string[],
  options: Parameters<typeof startDrillbook>[1] = {},
): Promise<Outcome> {
  return startDrillbook(args, options).ended;
}

export interface Verified extends Outcome {
  readonly report: RunReport;
  /** Folder of the run, absolute. */
  readonly folder: string;
}

/**
 * The time scale of tests that need a verdict. At ten, a machine with two slow cores is too busy to decide anything; at
 * five, it has half of its time to spare.
 */
export const unhurried = ['--time-scale', '5'];

/** Runs `verify` and reads its report: one sandbox and an unhurried clock, unless `args` say otherwise. */
export function verify(args: readonly string[], options: Parameters<typeof startDrillbook>[1] = {}): Promise<Verified> {
  return verifyAsConfigured(['--sandboxes', '1', ...unhurried, ...args], options);
}

/** Runs `verify` with the sandboxes and the time scale of the configuration, and reads its report. */
export async function verifyAsConfigured(
  args: readonly string[] = [],
  options: Parameters<typeof startDrillbook>[1] = {},
): Promise<Verified> {
  const outcome = await runDrillbook(['verify', ...args], options);
  const named = /^report: (.+)$/m.exec(outcome.stderr)?.[1];
  if (named === undefined) throw new Error(`no report; exit ${outcome.code}\n${outcome.stdout}\n${outcome.stderr}`);
  const folder = path.resolve(options.cwd ?? projectDir, named);
  const report = runReportSchema.parse(JSON.parse(await readFile(path.join(folder, 'report.json'), 'utf8')));
  return { ...outcome, report, folder };
}

export function scenarioOf(report: RunReport, id: string): ScenarioReport {
  const found = report.scenarios.find((scenario) => scenario.id === id);
  if (!found) throw new Error(`the report has no scenario ${id}`);
  return found;
}

/** The checks that did not pass, with their messages, by id: a failing test then prints why. */
export function unmet(checks: readonly Check[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    checks
      .filter(({ verdict }) => verdict !== 'pass')
      .map(({ id, verdict, message }) => [id, `${verdict}: ${message}`]),
  );
}

/** A copy of the project's own runbook with some text replaced. @throws if a replacement changes nothing */
export async function changedRunbook(
  changes: readonly (readonly [from: string | RegExp, to: string])[],
): Promise<AsyncDisposable & { readonly file: string }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'drillbook-test-'));
  const file = path.join(folder, 'runbook.md');
  let text = await readFile(path.join(projectDir, 'runbooks/worker-failure.md'), 'utf8');
  for (const [from, to] of changes) {
    const next = text.replace(from, () => to);
    if (next === text) throw new Error(`the runbook does not contain ${String(from)}`);
    text = next;
  }
  await writeFile(file, text);
  return { file, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
}
