import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import type { ControlRecalled, EnvironmentSeen, HistoryEvent, RunStarted } from '../../history/events.ts';
import { parseEvent } from '../../history/parse-event.ts';
import { DrillbookError } from '../../kernel/errors.ts';
import { isMissing, orUndefinedIfMissing } from '../../kernel/missing-file.ts';
import { removeDeadDrafts, writeAtomically } from '../../kernel/write-atomically.ts';
import type { BoundScenario, BoundStep } from '../../scenario/bind-scenario.ts';
import { fingerprint } from './fingerprint.ts';
import type { VerifyOptions } from '../verify-options.ts';

/**
 * Control arms of earlier runs. A control arm runs no block of the recovery. So if only the recovery has changed since,
 * a new control arm would be the same experiment on the same images and files: the recorded one stands in for it.
 */
export interface RecordedControls {
  /**
   * The recorded control arm for this scenario; undefined if there is none, or if it is too old.
   * @throws DrillbookError (`CONTROL_UNREADABLE`)
   */
  recall(scenario: BoundScenario): Promise<ControlRecalled | undefined>;
  /**
   * Stores the events of a control arm for later runs. For an arm that showed that the recovery is due to the
   * procedure.
   */
  keep(scenario: BoundScenario, events: readonly HistoryEvent[]): Promise<void>;
}

/** Older recordings are removed, even if nothing has changed since. */
const keptForMs = 30 * 24 * 3_600_000;

export interface RecordedControlsOptions extends Pick<VerifyOptions, 'project' | 'seed' | 'timeScale'> {
  readonly run: RunStarted;
  readonly environment: EnvironmentSeen;
  /** Result of `describeFiles`. */
  readonly files: readonly string[];
  /** How old a recording may be, real ms. */
  readonly withinMs: number;
}

export function createRecordedControls(options: RecordedControlsOptions): RecordedControls {
  const { project, run, environment, files, seed, timeScale, withinMs } = options;
  const machine = [os.release(), os.arch(), os.availableParallelism()];
  const variables = project.config.environment.map((name) => [name, process.env[name]]);
  const fileOf = (scenario: BoundScenario): string => {
    const { id } = scenario.plan;
    // Everything that a control arm depends on. A change of any of these gives another file name.
    const identity = [files, environment, machine, variables, timeScale, seed, id, ...describeSteps(scenario)];
    const name = createHash('sha256').update(JSON.stringify(identity)).digest('hex').slice(0, 32);
    return path.join(project.directory, '.drillbook', 'controls', id, `${name}.json`);
  };
  return {
    async recall(scenario) {
      const file = fileOf(scenario);
      const text = await readFile(file, 'utf8').catch(orUndefinedIfMissing);
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
 * Fingerprints of everything on disk that must not have changed: the project without its runbooks and reports, and
 * Drillbook itself.
 * @throws DrillbookError (`FILES_UNREADABLE`)
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

/**
 * The blocks that a control arm runs. Thresholds do not count: a recalled arm is judged by those of the present
 * runbook.
 */
function describeSteps({ diagnosis, instead }: BoundScenario): readonly unknown[] {
  const describe = ({ spec, procedure: { address, code, annotation } }: BoundStep) => [address, code, annotation, spec];
  return [diagnosis.map(describe), instead.map(describe)];
}

/** The file holds one line: the event that a later run adds to its history. */
function parseControl(text: string, file: string): ControlRecalled {
  const parsed = parseEvent(text);
  if ('event' in parsed && parsed.event.type === 'control.recalled') {
    const { type, run, recordedAt, events } = parsed.event;
    return { type, run, recordedAt, events };
  }
  const problem = 'problem' in parsed ? `: ${parsed.problem}` : '';
  throw new DrillbookError(`${file} is not a recorded control arm${problem}`, {
    code: 'CONTROL_UNREADABLE',
    next: 'remove the file; the control arm then runs again',
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
    // Another run has just removed it.
    if (isMissing(error)) return false;
    throw error;
  }
}
