import type { Arm, RunStarted, ScenarioPlan } from '../../history/events.ts';
import type { ArmRecord, Instant } from '../../record/arm-record.ts';
import { healthRules } from '../../verdict/health.ts';
import { recoveryStart } from '../../verdict/recovery.ts';
import type { ScenarioReport } from '../../verdict/run-report.ts';
import { armCharts } from './arm-charts.ts';
import { armLanes } from './arm-lanes.ts';
import { Clocks } from './clocks.ts';
import { joinCasts, type CastPart, type Recording } from './recording.ts';
import type { PanelMark, TimePanel } from './time-panel.ts';

export interface ArmInput {
  readonly run: RunStarted;
  readonly plan: ScenarioPlan;
  readonly arm: Arm;
  readonly record: ArmRecord;
  /** Default: what the arm is. */
  readonly title?: string;
  readonly recovery: ScenarioReport['recovery'];
  /** The panels that it is compared with. Default: the arms of its scenario. */
  readonly group?: string;
  /** The texts of transcripts, by the name that the history gives them. */
  readonly casts: ReadonlyMap<string, string>;
  /** How many characters of each transcript the page may show. */
  readonly mostOfCast: number;
}

function titleOf({ recovery, maintenance, selfHealing }: ScenarioPlan, arm: Arm): string {
  if (arm === 'control') return 'Control: the same fault without the procedure';
  if (recovery.length > 0) return 'With the runbook’s procedure';
  if (maintenance) return 'Maintenance of a healthy fleet';
  return selfHealing ? 'The fleet recovers by itself' : 'The runbook’s diagnosis';
}

/** Undefined if nothing was recorded of the arm. */
export function armPanel(input: ArmInput): TimePanel | undefined {
  const { run, plan, arm, record, recovery } = input;
  const [started, ended] = [record.started, record.ended ?? record.last];
  if (!started || !ended || ended.t <= started.t) return undefined;
  const rules = healthRules(run, plan.health);
  const marks = marksOf(record, arm === 'treatment' ? recovery : null);
  const recovered = marks.find(({ kind }) => kind === 'recovery');
  const onset = marks.find(({ kind }) => kind === 'fault');
  const id = panelId(plan.id, arm);
  return {
    id,
    title: input.title ?? titleOf(plan, arm),
    note: noteOf(record),
    from: started.t,
    to: ended.t,
    clocks: new Clocks([started, ...record.timeline.moments, ended].toSorted((a, b) => a.t - b.t)),
    marks,
    lanes: armLanes(record, rules, ended, id, recovered?.t),
    charts: armCharts(record, rules),
    terminal: terminalOf(input, started),
    compared: onset && { group: input.group ?? plan.id, origin: onset.t },
  };
}

/** The id of the panel of an arm. Ids of scenarios have letters, digits and hyphens only. */
export function panelId(scenario: string, arm: Arm): string {
  return `${scenario}-${arm}`;
}

function noteOf({ recalled, brokenOff }: ArmRecord): string | undefined {
  if (recalled) return `Recalled from the run ${recalled.run} of ${recalled.recordedAt}; that run has its transcripts.`;
  return brokenOff === undefined ? undefined : `The run broke off in this arm: ${brokenOff}`;
}

function marksOf(record: ArmRecord, recovery: ScenarioReport['recovery']): readonly PanelMark[] {
  const onset = record.proved?.bit ? record.proved : record.injecting;
  const begun = recoveryStart(record);
  return [
    ...(onset ? [{ t: onset.t, text: 'fault', kind: 'fault' } as const] : []),
    ...(recovery && begun
      ? [{ t: begun.t + recovery.sinceProcedure.realMs, text: 'recovered', kind: 'recovery' } as const]
      : []),
  ];
}

function terminalOf({ record, casts, mostOfCast }: ArmInput, started: Instant): Recording | undefined {
  // The transcripts of a recalled arm are in the folder of its own run, and the names could be those of this run.
  if (record.recalled) return undefined;
  const parts = record.procedures.map(({ started: procedure, ended }): CastPart => ({
    name: procedure.address,
    from: procedure.t,
    text: ended ? casts.get(ended.cast) : undefined,
  }));
  return joinCasts(parts, started.t, mostOfCast);
}
