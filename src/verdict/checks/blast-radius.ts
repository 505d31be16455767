import { seconds } from '../../kernel/words.ts';
import type { ScenarioPlan, Touches } from '../../history/events.ts';
import type { ArmRecord } from '../../record/arm-record.ts';
import type { Moment } from '../../record/timeline.ts';
import { isGap, type HealthRules } from '../health.ts';
import type { Finding } from '../run-report.ts';
import { findRecovery } from '../recovery.ts';
import { queueFindings } from './blast-radius/queues.ts';
import { serviceFindings } from './blast-radius/services.ts';
import { settingFindings, unreadSettings } from './blast-radius/settings.ts';
import { observeTouches, touchDoubts, touchFindings } from './blast-radius/touches.ts';
import type { Watch } from './blast-radius/watch.ts';
import { fail, inconclusive, isNonEmpty, pass, type ScenarioCheck, type ScenarioContext } from './check.ts';

const id = 'blast-radius';

/**
 * The rest of the fleet must be left alone:
 *
 * - No procedure stops, restarts or freezes a service that the scenario's `health.services` does not name.
 * - At the end no queue is paused, and no service is down, scaled up or restarting, unless it was so in the steady
 *   state. Until what the fault affected has recovered, the check `recovered` looks at it instead.
 * - At the end nothing is set differently: no concurrency or rate limit of a queue, no setting of Redis that the safety
 *   of jobs depends on, and no limit, restart policy, environment or command of a container.
 */
export const blastRadius: ScenarioCheck = {
  id,
  about: ['treatment'],
  run(context) {
    const { run, plan, treatment, control } = context;
    const watch = watchOf(context);
    if (!treatment || watch === undefined) return inconclusive(id, 'the record does not show the rest of the fleet');
    if (typeof watch === 'string') return inconclusive(id, watch);
    const names = run.queues.map(({ name }) => name);
    const left = leftBehindFindings(treatment, control);
    const findings = [
      ...queueFindings(run.queues, watch),
      ...serviceFindings(watch),
      ...settingFindings(treatment.settings),
      ...left.findings,
      ...(plan.touches ? touchFindings(plan.touches, names, watch) : []),
    ];
    if (isNonEmpty(findings)) return fail(id, findings);
    const unread = unreadSettings(treatment.settings);
    if (unread !== undefined) return inconclusive(id, unread);
    const doubts = [...left.doubts, ...(plan.touches ? touchDoubts(plan.touches, names, watch) : [])];
    if (isNonEmpty(doubts)) return inconclusive(id, doubts[0].message, doubts);
    return pass(
      id,
      'the rest of the fleet was not interrupted, and was left neither paused, down nor scaled up, with the settings that it had',
    );
  },
};

/** What the procedures touched. Undefined if the record does not show it. */
export function touchedBy(context: ScenarioContext): Touches | undefined {
  const watch = watchOf(context);
  const names = context.run.queues.map(({ name }) => name);
  return typeof watch === 'object' ? observeTouches(names, watch) : undefined;
}

/** A text says why the record shows too little. */
function watchOf({ plan, rules, treatment, control }: ScenarioContext): Watch | string | undefined {
  const before = treatment && lastSample(treatment, treatment.phase('baseline')?.ended?.t);
  const end = treatment && (treatment.phase('account')?.ended ?? treatment.last);
  const after = treatment && lastSample(treatment, end?.t);
  if (!treatment || !before || !end || !after || after.t <= before.t) return undefined;
  if (isGap(after, end)) return `the queues were not sampled in the last ${seconds(end.s - after.s)} of sandbox time`;
  return {
    before,
    since: treatment.timeline.moments.filter(({ t }) => t > before.t && t <= after.t),
    arm: treatment,
    control,
    restartsCountFromS: after.s - rules.sustainMs,
    healthyT: healthyUntil(treatment, plan, rules),
    affected: [...rules.queues, ...rules.services],
    mayInterrupt: (plan.touches ?? plan.health).services,
  };
}

/**
 * Files and processes that the next reset would find. What the control arm left too is the fault's doing. If one of the
 * arms could not be looked at, there are doubts in place of findings.
 */
function leftBehindFindings(
  { leftBehind }: ArmRecord,
  control: ArmRecord | undefined,
): { readonly findings: readonly Finding[]; readonly doubts: readonly Finding[] } {
  if (leftBehind.unread !== undefined)
    return {
      findings: [],
      doubts: [{ message: `what the procedures left behind is not known: ${leftBehind.unread}` }],
    };
  const ofFault = new Set(control?.leftBehind.services.map(({ service }) => service));
  const findings = leftBehind.services
    .filter(({ service }) => !ofFault.has(service))
    .map(({ service, how }) => ({ message: `a procedure left something behind: ${service} ${how}` }));
  const { unread } = control?.leftBehind ?? {};
  if (unread === undefined) return { findings, doubts: [] };
  const doubts = findings.map(({ message }) => ({
    message: `${message}; it may be the fault's doing, because the control arm could not be looked at: ${unread}`,
  }));
  return { findings: [], doubts };
}

function lastSample({ timeline }: ArmRecord, untilT = -Infinity): Moment | undefined {
  return timeline.moments.findLast(({ t, sampled, rows }) => sampled && rows !== undefined && t <= untilT);
}

/**
 * The end of the window in which the affected part of the fleet was found healthy. Without one, `recovered` fails, or
 * nothing was broken.
 */
function healthyUntil(arm: ArmRecord, plan: ScenarioPlan, rules: HealthRules): number {
  const recovery = findRecovery(arm, rules, plan.health);
  return recovery?.outcome.window?.end.t ?? (recovery || plan.fault ? Infinity : -Infinity);
}
