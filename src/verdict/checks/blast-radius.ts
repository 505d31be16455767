import { seconds } from '../../kernel/words.ts';
import type { ScenarioPlan } from '../../history/events.ts';
import type { ArmRecord } from '../../record/arm-record.ts';
import type { Moment } from '../../record/timeline.ts';
import type { HealthRules } from '../health.ts';
import { findRecovery } from '../recovery.ts';
import { queueFindings } from './blast-radius/queues.ts';
import { serviceFindings } from './blast-radius/services.ts';
import { settingFindings, unreadSettings } from './blast-radius/settings.ts';
import type { Watch } from './blast-radius/watch.ts';
import { fail, inconclusive, isNonEmpty, pass, type ScenarioCheck } from './check.ts';

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
  run({ run, plan, rules, treatment }) {
    const before = treatment && lastSample(treatment, treatment.phase('baseline')?.ended?.t);
    const end = treatment && (treatment.phase('account')?.ended ?? treatment.last);
    const after = treatment && lastSample(treatment, end?.t);
    if (!treatment || !before || !end || !after || after.t <= before.t)
      return inconclusive(id, 'the record does not show the rest of the fleet');
    if (end.s - after.s > rules.gapLimitMs)
      return inconclusive(id, `the queues were not sampled in the last ${seconds(end.s - after.s)} of sandbox time`);
    const watch: Watch = {
      before,
      since: treatment.timeline.moments.filter(({ t }) => t > before.t && t <= after.t),
      arm: treatment,
      restartsCountFromS: after.s - rules.sustainMs,
      healthyT: healthyUntil(treatment, plan, rules),
      affected: [...rules.queues, ...rules.services],
      mayInterrupt: plan.health.services,
    };
    const findings = [
      ...queueFindings(run.queues, watch),
      ...serviceFindings(watch),
      ...settingFindings(treatment.settings),
    ];
    if (isNonEmpty(findings)) return fail(id, findings);
    const unread = unreadSettings(treatment.settings);
    if (unread !== undefined) return inconclusive(id, unread);
    return pass(
      id,
      'the rest of the fleet was not interrupted, and was left neither paused, down nor scaled up, with the settings that it had',
    );
  },
};

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
