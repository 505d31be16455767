import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import type { ControlRecalled, EnvironmentSeen, HistoryEvent, RunStarted } from '../../history/events.ts';
import { parseEvent } from '../../history/parse-event.ts';
import { DrillbookError } from '../../kernel/errors.ts';
import { removeDeadDrafts, writeAtomically } from '../../kernel/write-atomically.ts';
import type { BoundScenario, BoundStep } from '../../scenario/bind-scenario.ts';
import { fingerprint } from './fingerprint.ts';
import type { VerifyOptions } from '../verify-options.ts';

/**
 * Control arms of earlier runs. A control arm runs nothing of a recovery, so that one that was recorded when all but the recovery was as it is
 * now has shown what another would: the same experiment, on the same images and files.
 */
export interface RecordedControls {
  /** @throws DrillbookError (`CONTROL_UNREADABLE`) when there is one that cannot be read */
  recall(scenario: BoundScenario): Promise<ControlRecalled | undefined>;
  /** Keeps the events of a control arm that showed what it was to show, for the runs to come. */
  keep(scenario: BoundScenario, events: readonly HistoryEvent[]): Promise<void>;
}

/** Older ones are removed, whether they could still serve or not. */
const keptForMs = 30 * 24 * 3_600_000;

export interface RecordedControlsOptions extends Pick<VerifyOptions, 'project' | 'seed' | 'timeScale'> {
  readonly run: RunStarted;
  readonly environment: EnvironmentSeen;
  /** What `describeFiles` says. */
  readonly files: readonly string[];
  /** How old a control arm may be, real ms. */
  readonly withinMs: number;
}

export function createRecordedControls(options: RecordedControlsOptions): RecordedControls {
  const { project, run, environment, files, seed, timeScale, withinMs } = options;
  const machine = [os.release(), os.arch(), os.availableParallelism()];
  const variables = project.config.environment.map((name) => [name, process.env[name]]);
  const fileOf = (scenario: BoundScenario): string => {
    const { id } = scenario.plan;
    const surroundings = [files, environment, machine, variables, timeScale];
    const identity = [...surroundings, seed, id, ...describeSteps(scenario)];
    const name = createHash('sha256').update(JSON.stringify(identity)).digest('hex').slice(0, 32);
    return path.join(project.directory, '.drillbook', 'controls', id, `${name}.json`);
  };
  return {
    async recall(scenario) {
      const file = fileOf(scenario);
      const text = await readFile(file, 'utf8').catch((error: unknown) => {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
        throw error;
      });
      if (text === undefined) return undefined;
      const recalled = parseControl(text, file);
      const ageMs = Date.now() - Date.parse(recalled.recordedAt);
      return ageMs >= 0 && ageMs < withinMs ? recalled : undefined;
    },
    async keep(scenario, events) {
      const file = fileOf(scenario);
      const recordedAt = new Date().toISOString();
      const control: ControlRecalled = { type: 'control.recalled', run: run.run, recordedAt, events };
      await mkdir(path.dirname(file), { recursive: true });
      await writeAtomically(file, JSON.stringify({ seq: 0, t: 0, s: 0, ...control }));
      await removeOld(path.dirname(file));
    },
  };
}

/**
 * Everything on disk that must not have changed: the project but for its runbooks and reports, and Drillbook itself.
 * @throws DrillbookError (`FILES_UNREADABLE`) when part of it cannot be read
 */
export async function describeFiles({
  project: { directory, config },
  runbook,
}: Pick<VerifyOptions, 'project' | 'runbook'>): Promise<readonly string[]> {
  const runbooks = [path.resolve(directory, config.runbook), path.resolve(runbook.file)];
  const own = path.resolve(import.meta.dirname, '../../..');
  return Promise.all(
    [...new Set([directory, own])].map((folder) => fingerprint(folder, [...runbooks, path.join(folder, 'reports')])),
  );
}

/** What of the runbook is run in the control arm. Thresholds are not in it: a recalled arm is judged by those of the present. */
function describeSteps({ diagnosis, instead }: BoundScenario): readonly unknown[] {
  const describe = ({ spec, procedure: { address, code, annotation } }: BoundStep) => [address, code, annotation, spec];
  return [diagnosis.map(describe), instead.map(describe)];
}

/** It stands there as the line of a history that it becomes when it is recalled. */
function parseControl(text: string, file: string): ControlRecalled {
  const parsed = parseEvent(text);
  if ('event' in parsed && parsed.event.type === 'control.recalled') {
    const { type, run, recordedAt, events } = parsed.event;
    return { type, run, recordedAt, events };
  }
  const problem = 'problem' in parsed ? `: ${parsed.problem}` : '';
  throw new DrillbookError(`${file} holds no recorded control arm${problem}`, {
    code: 'CONTROL_UNREADABLE',
    next: 'remove it: the control arm is then run again',
  });
}

async function removeOld(folder: string): Promise<void> {
  await removeDeadDrafts(folder);
  for (const name of await readdir(folder)) {
    const file = path.join(folder, name);
    if (await isOld(file)) await rm(file, { force: true });
  }
}

async function isOld(file: string): Promise<boolean> {
  try {
    return Date.now() - (await stat(file)).mtimeMs > keptForMs;
  } catch (error) {
    // Another run was quicker.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
