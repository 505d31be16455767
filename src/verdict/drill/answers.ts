import type { PlayerFound, RunStarted, ScenarioPlan } from '../../history/events.ts';
import type { Instant } from '../../record/arm-record.ts';
import type { DrillRecord } from '../../record/drill-record.ts';
import { healthRules } from '../health.ts';
import { instantOf } from '../report-parts.ts';
import type { Debrief } from './debrief.ts';

type Answer = Debrief['answers'][number];

/** The sections whose procedures cure the fault. */
export function curingSections(plan: ScenarioPlan): readonly string[] {
  const sections = plan.recovery.map(({ address }) => address.split('>')[0]?.trim() ?? '');
  return [...new Set(sections)].filter((section) => section !== '');
}

/** The services and queues that the fault affects. */
export function affectedParts(run: RunStarted, plan: ScenarioPlan): readonly string[] {
  if (!plan.fault) return [];
  const { services, queues } = healthRules(run, plan.health);
  return [...new Set([...services, ...queues])];
}

/** Compares what the player named with the plan. The section and the part are asked in the runbook's own words. */
export function judgeAnswer(answer: PlayerFound & Instant, run: RunStarted, plan: ScenarioPlan): Answer {
  const sectionRight = plan.fault !== undefined && curingSections(plan).includes(answer.section);
  const componentRight = judgeComponent(answer.component, run, plan);
  return {
    at: instantOf(answer),
    section: answer.section,
    component: answer.component,
    why: answer.why ?? null,
    sectionRight,
    componentRight,
    right: sectionRight && componentRight === 'yes',
  };
}

function judgeComponent(component: string, run: RunStarted, plan: ScenarioPlan): Answer['componentRight'] {
  if (!plan.fault) return 'no';
  const { services, queues } = plan.health;
  if (services.includes(component) || queues.includes(component)) return 'yes';
  return affectedParts(run, plan).includes(component) ? 'owner' : 'no';
}

/** The first right answer. */
export function foundAt(drill: DrillRecord, run: RunStarted, plan: ScenarioPlan): Instant | undefined {
  return drill.found.find((answer) => judgeAnswer(answer, run, plan).right);
}
