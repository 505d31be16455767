import { count } from '../kernel/words.ts';
import type { NotJudged } from './alert-facts.ts';
import type { Finding } from './alerts-report.ts';
import { seconds } from './say-time.ts';
import type { WatchedArm } from './watched-arm.ts';
import type { WatchedRule } from './watched-rule.ts';

export function findFalseAlarms({ rule, alarms, steadyStates }: WatchedRule): readonly Finding[] {
  if (alarms.size === 0) return [];
  const where = `${[...alarms].join(', ')}; ${count(steadyStates, 'steady state')} looked at`;
  const message = `${rule.name} fires although the fleet is healthy (${where})`;
  return [{ id: 'false-alarm', severity: 'fail', message, locations: [rule.location] }];
}

/** How many arms could have shown something, but promtool was not asked about them. */
interface Left {
  readonly steady: number;
  readonly broken: number;
  /** How many arms have scrapes that this machine was too slow for. */
  readonly late: number;
}

/** What the run did not show of a rule. */
export function openQuestions(rule: WatchedRule, arms: readonly WatchedArm[], left: Left): readonly NotJudged[] {
  const { name, location } = rule.rule;
  if (rule.problem !== undefined) return [{ message: `${name} was not evaluated: ${rule.problem}`, location }];
  const healthy = rule.steadyStates > 0 ? undefined : whyNotHealthy(rule, arms, left);
  const broken = rule.firedIn.size > 0 ? undefined : whyNotFired(rule, arms, left);
  return [
    ...(healthy ? [{ ...healthy, message: `whether ${name} stays quiet: ${healthy.message}`, location }] : []),
    ...(broken ? [{ ...broken, message: `whether ${name} fires: ${broken.message}`, location }] : []),
  ];
}

type Reason = Pick<NotJudged, 'message' | 'neededMs'>;

function whyNotHealthy({ alarmMs, glimpses }: WatchedRule, arms: readonly WatchedArm[], left: Left): Reason {
  if (!Number.isFinite(alarmMs)) return { message: 'how far back its expression looks is computed' };
  const lengths = arms.flatMap(({ healthy }) => (healthy ? [healthy.untilS - healthy.fromS] : []));
  const longest = Math.max(0, ...lengths);
  if (longest > alarmMs) return { message: doubtOf(arms, left, left.steady) };
  const active =
    glimpses.seen === 0
      ? ''
      : `; its condition was true in ${glimpses.active} of ${count(glimpses.seen, 'steady state')}`;
  const message = `the fleet was seen healthy for ${seconds(longest)} at most, and it needs ${seconds(alarmMs)}${active}`;
  return { message, neededMs: alarmMs };
}

function whyNotFired({ fireMs }: WatchedRule, arms: readonly WatchedArm[], left: Left): Reason {
  const lengths = arms.flatMap(({ truth: { fault } }) => (fault ? [fault.overS - fault.onsetS] : []));
  const longest = Math.max(0, ...lengths);
  if (longest < fireMs)
    return {
      message: `faults lasted ${seconds(longest)} at most, and it needs ${seconds(fireMs)}`,
      neededMs: fireMs,
    };
  return { message: doubtOf(arms, left, left.broken) };
}

/** Why arms that are long enough show nothing. */
function doubtOf(arms: readonly WatchedArm[], { late }: Left, unasked: number): string {
  const problems = arms.flatMap(({ truth, healthy }) => truth.problem ?? healthy?.problem ?? []);
  const [first] = problems;
  const doubts = [
    ...(first === undefined ? [] : [`${first} (${problems.length} of ${count(arms.length, 'arm')} cannot be judged)`]),
    ...(late > 0 ? [`in ${count(late, 'arm')} scrapes failed because this machine was too slow`] : []),
    ...(unasked > 0 ? [`promtool was not asked about ${count(unasked, 'more arm')}`] : []),
  ];
  return doubts.length > 0 ? doubts.join('; ') : 'it did not in any arm';
}
