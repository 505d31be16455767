import { count } from '../kernel/words.ts';
import { prometheusDuration } from './apply-setting.ts';
import { detectionOf } from './pareto.ts';
import { seconds } from './say-time.ts';
import type { NearMiss, Setting, SettingResult, SweepReport, UncaughtFault } from './sweep-report.ts';

type Facts = Omit<SweepReport, 'advice' | 'verdict'>;

/** `> 3200 for 6m` */
export function saySetting(operator: SweepReport['operator'], { threshold, forMs }: Setting): string {
  return `${operator} ${threshold} ${forMs === 0 ? 'without `for`' : `for ${prometheusDuration(forMs)}`}`;
}

/** `would have caught x with > 3200, or with for 6m` */
export function sayNearMiss(operator: SweepReport['operator'], { scenario, threshold, forMs, both }: NearMiss): string {
  const ways = [
    ...(threshold === undefined ? [] : [`with ${operator} ${threshold}`]),
    ...(forMs === undefined ? [] : [forMs === 0 ? 'without `for`' : `with for ${prometheusDuration(forMs)}`]),
    ...(both ? [`with ${saySetting(operator, both)}`] : []),
  ];
  return `would have caught ${scenario} ${ways.join(', or ')}`;
}

/** One sentence to act on: the setting to take, beside the present one, and what is not known. */
export function adviceOf(facts: Facts): string {
  const { rule, operator, present, chosen } = facts;
  if (!chosen) return `${sayNothing(facts)}.`;
  const of = facts.swept.length;
  const hours = seconds(facts.healthy.hours * 3_600_000);
  const healthy = facts.healthy.hours === 0 ? undefined : hours;
  const does = (result: SettingResult): string => sayResult(result, of, healthy);
  const same = chosen.threshold === present.threshold && chosen.forMs === present.forMs;
  const advice = same
    ? `Keep ${rule.name} at ${saySetting(operator, present)}: it ${does(present)}, and no other setting in the range does better`
    : `Set ${rule.name} to ${saySetting(operator, chosen)}: it ${does(chosen)}; today's ${saySetting(operator, present)} ${does(present)}`;
  return [advice, ...sayKeptOut(facts), ...sayUnknown(facts)].join('; ').concat('.');
}

function sayNothing({ rule, uncaught, undecided, pairs }: Facts): string {
  const again = `Record again before you change ${rule.name}`;
  if (uncaught.length === 0)
    return undecided.length === 0 ? `${again}: no fault was recorded` : `${again}: ${sayReasons(undecided)}`;
  const tried = `none of ${count(pairs.length, 'setting')} lets it fire for ${uncaught.join(', ')}`;
  if (undecided.length === 0) return `Change the expression of ${rule.name} and not its threshold: ${tried}`;
  return `${again}: ${tried}, and ${sayReasons(undecided)}`;
}

function sayResult(result: SettingResult, of: number, healthy: string | undefined): string {
  const { caught, missed, unknown, falseAlarms, perhapsLoud } = result;
  const open = unknown.length === 0 ? '' : ` (${unknown.length} unknown)`;
  const within = caught.length === 0 ? '' : ` within ${seconds(detectionOf(result))}`;
  const names = missed.map(({ scenario }) => scenario).join(', ');
  const misses = missed.length === 0 ? '' : `, misses ${names}`;
  const perhaps = perhapsLoud.length === 0 ? '' : ` and perhaps ${perhapsLoud.length} more`;
  const alarms =
    falseAlarms === 0 && perhaps === '' ? 'no false alarm' : `${count(falseAlarms, 'false alarm')}${perhaps}`;
  const noise = healthy === undefined ? '' : ` and raises ${alarms} in ${healthy}`;
  return `catches ${caught.length} of ${count(of, 'fault')}${open}${within}${misses}${noise}`;
}

function sayKeptOut({ onKeptOut, keptOut }: Facts): readonly string[] {
  if (!onKeptOut) return [];
  const { caught, missed, unknown } = onKeptOut.chosen;
  const lost = missed.length === 0 ? '' : `, but not ${missed.map(({ scenario }) => scenario).join(', ')}`;
  const open = unknown.length === 0 ? '' : ` (${unknown.length} unknown)`;
  return [`of ${count(keptOut.length, 'fault')} that the choice did not see it catches ${caught.length}${open}${lost}`];
}

function sayUnknown({ chosen, undecided, healthy, onKeptOut }: Facts): readonly string[] {
  const faults = [
    ...undecided,
    ...(chosen?.unknown ?? []),
    ...(chosen?.perhapsLoud ?? []),
    ...(onKeptOut?.chosen.unknown ?? []),
  ];
  return [
    ...(healthy.hours === 0 ? ['false alarms are unknown, because no healthy time is recorded'] : []),
    ...(faults.length === 0 ? [] : [sayReasons(faults)]),
  ];
}

function sayReasons(faults: readonly UncaughtFault[]): string {
  const groups = Map.groupBy(faults, ({ reason }) => reason);
  const texts = [...groups].map(([reason, of]) => `${of.map(({ scenario }) => scenario).join(', ')} (${reason})`);
  return `not known: ${texts.join(', ')}`;
}
