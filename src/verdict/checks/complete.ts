import type { Phase } from '../../history/events.ts';
import type { ArmRecord } from '../../record/arm-record.ts';
import { inconclusive, pass, type ScenarioCheck } from './check.ts';

const id = 'complete';

/** If one of these phases runs out of time, a check of its own judges that. */
const mayTimeOut: ReadonlySet<Phase> = new Set(['baseline', 'detect', 'recover', 'diagnose', 'settle', 'repeat']);

/** The history must hold each arm to its end. An arm that ended half-way proves nothing. */
export const complete: ScenarioCheck = {
  id,
  about: ['treatment', 'control'],
  run({ treatment, control }) {
    const problem = armProblem('treatment', treatment) ?? (control ? armProblem('control', control) : undefined);
    return problem === undefined ? pass(id, 'every phase ran to its end') : inconclusive(id, problem);
  },
};

function armProblem(name: string, arm: ArmRecord | undefined): string | undefined {
  if (!arm?.started) return `the ${name} arm was not run`;
  for (const { phase, ended } of arm.phases) {
    if (!ended) return `the history of the ${name} arm ends in phase \`${phase}\``;
    const { outcome, message } = ended;
    if (outcome === 'done' || (outcome === 'timed-out' && mayTimeOut.has(phase))) continue;
    const how = outcome === 'timed-out' ? 'ran out of time' : `was ${outcome}`;
    return `phase \`${phase}\` of the ${name} arm ${how}${message ? `: ${message}` : ''}`;
  }
  if (arm.ended) return undefined;
  const last = arm.phases.at(-1)?.phase;
  return `the history of the ${name} arm ends ${last ? `after phase \`${last}\`` : 'before its first phase'}`;
}
