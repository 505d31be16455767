import type { Phase } from '../../history/events.ts';
import type { ArmRecord } from '../../record/arm-record.ts';
import type { Check } from '../run-report.ts';
import { inconclusive, pass, type ScenarioContext } from './check.ts';

const id = 'complete';

/** Phases whose running out of time is a result, judged by a check of their own. */
const mayTimeOut: ReadonlySet<Phase> = new Set(['baseline', 'detect', 'recover', 'diagnose', 'settle', 'repeat']);

/** The history must hold each arm that was begun to its end; what broke off half-way proves nothing. */
export function checkComplete({ treatment, control }: ScenarioContext): Check {
  const problem = armProblem('treatment', treatment) ?? (control ? armProblem('control', control) : undefined);
  return problem === undefined ? pass(id, 'every phase was gone through') : inconclusive(id, problem);
}

function armProblem(name: string, arm: ArmRecord | undefined): string | undefined {
  if (!arm?.started) return `the ${name} arm was not run`;
  for (const { phase, ended } of arm.phases) {
    if (!ended) return `the history of the ${name} arm breaks off in phase \`${phase}\``;
    if (ended.outcome === 'done' || (ended.outcome === 'timed-out' && mayTimeOut.has(phase))) continue;
    return `phase \`${phase}\` of the ${name} arm ${ended.outcome === 'timed-out' ? 'ran out of time' : `was ${ended.outcome}`}${ended.message ? `: ${ended.message}` : ''}`;
  }
  if (arm.ended) return undefined;
  const last = arm.phases.at(-1)?.phase;
  return `the history of the ${name} arm breaks off ${last ? `after phase \`${last}\`` : 'before its first phase'}`;
}
