import type { HistoryEvent, Phase, RunStarted, ScenarioPlan, WallMet } from '../../history/events.ts';
import { ArmRecord, type Instant } from '../../record/arm-record.ts';
import type { DrillRecord } from '../../record/drill-record.ts';
import { affectedParts, curingSections, foundAt, judgeAnswer } from '../../verdict/drill/answers.ts';
import type { Debrief } from '../../verdict/drill/debrief.ts';
import { findMilestones, milestonesOf } from '../../verdict/drill/milestones.ts';
import { findMitigation, type Mitigation } from '../../verdict/drill/mitigation.ts';
import { healthRules } from '../../verdict/health.ts';

/** The truth so far, for the view of an observer. */
export interface TruthSoFar {
  readonly plan: ScenarioPlan;
  readonly phase: Phase | undefined;
  readonly sections: readonly string[];
  readonly components: readonly string[];
  readonly milestones: Debrief['milestones'];
  readonly answers: readonly Debrief['answers'][number][];
  /** By the judge's rules, if the watch ended now. Undefined before the fault took effect. */
  readonly mitigation: Mitigation | undefined;
}

/** Only the ledger needs them, and it is closed after the drill. They are most of a history. */
const ofJobs: ReadonlySet<HistoryEvent['type']> = new Set([
  'job-ids',
  'enqueued',
  'unacknowledged',
  'outcomes',
  'held',
  'residue',
  'effects',
]);

/** Gathers what only an observer may know, from all events of the history. */
export class ObservedTruth {
  plan: ScenarioPlan | undefined;
  readonly wall: (WallMet & Instant)[] = [];
  readonly arm = new ArmRecord();

  push(event: HistoryEvent): void {
    // The first plan is the drill's. Par has one of its own.
    if (event.type === 'scenario.planned') this.plan ??= event.plan;
    if (event.arm === undefined || event.scenario !== this.plan?.id || ofJobs.has(event.type)) return;
    this.arm.push(event);
    if (event.type === 'wall' && event.outcome !== 'entered' && event.outcome !== 'finished') this.wall.push(event);
  }

  soFar(run: RunStarted, drill: DrillRecord): TruthSoFar | undefined {
    const { plan, arm } = this;
    if (!plan) return undefined;
    const onset = arm.proved?.bit ? arm.proved : undefined;
    const mitigation = onset && findMitigation(arm, healthRules(run, plan.health), onset);
    const mitigated = mitigation?.kind === 'healthy' ? mitigation.since : undefined;
    return {
      plan,
      phase: arm.phases.findLast(({ ended }) => !ended)?.phase,
      sections: curingSections(plan),
      components: affectedParts(run, plan),
      milestones: milestonesOf(findMilestones(drill, arm, { found: foundAt(drill, run, plan), mitigated })),
      answers: drill.found.map((answer) => judgeAnswer(answer, run, plan)),
      mitigation,
    };
  }
}
