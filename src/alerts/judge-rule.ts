import { combine, type Verdict } from '../kernel/verdict.ts';
import { count } from '../kernel/words.ts';
import type { AlertRule } from '../runbook/runbook.ts';
import type { Cell, Finding, RuleReport } from './alerts-report.ts';
import { findCountersOff } from './counters-off.ts';
import { evaluateAlerts } from './evaluate.ts';
import { findCounter, findUnknown } from './find-flaws.ts';
import type { AlertsInput, ObservedRule, Seen } from './alerts-input.ts';
import { withoutScrape } from './miss-scrape.ts';
import type { RecordedSeries } from './recording.ts';
import { seconds } from './say-time.ts';

/** What speaks against a rule, or should be known of it, by its behaviour in the recorded arms. */
export async function findingsOfRule(input: AlertsInput, observed: ObservedRule): Promise<readonly Finding[]> {
  const missed = await findMissedScrape(input, observed);
  return [...flawsOfRule(observed), ...(missed ? [missed] : [])];
}

/** The same without what needs promtool once more, which is no failure. */
export function flawsOfRule({ rule, recordings, seen, cells, healthy }: ObservedRule): readonly Finding[] {
  const findings = [
    ...findUnknown(rule, seriesOf(seen), recordings),
    findCountersOff(rule, seriesOf(seen)),
    findFalseAlarms(rule, healthy),
    findDead(rule, cells),
    findLate(rule, cells),
    findStuck(rule, seen),
  ];
  return findings.flatMap((finding) => finding ?? []);
}

export function reportOfRule({ rule, cells, healthy }: ObservedRule, findings: readonly Finding[]): RuleReport {
  const { name, expr, for: wait, location } = rule;
  const verdict = verdictOfRule(cells, healthy, findings);
  return { name, expr, for: wait, location, cells, healthy, findings, verdict };
}

/** Nothing shown is inconclusive: a rule must have fired for a fault, and have been watched on a healthy fleet. */
function verdictOfRule(cells: readonly Cell[], healthy: RuleReport['healthy'], findings: readonly Finding[]): Verdict {
  if (findings.some(({ severity }) => severity === 'fail')) return 'fail';
  const hasFired = cells.some(({ outcome }) => outcome === 'fired');
  return combine([hasFired ? 'pass' : 'inconclusive', healthy.hours > 0 ? 'pass' : 'inconclusive']);
}

function findFalseAlarms(rule: AlertRule, { hours, alarms }: RuleReport['healthy']): Finding | undefined {
  if (alarms === 0) return undefined;
  const message = `${rule.name} fires ${count(alarms, 'time')} in ${seconds(hours * 3_600_000)} with a healthy fleet`;
  return { id: 'false-alarm', severity: 'fail', message, locations: [rule.location] };
}

function findDead(rule: AlertRule, cells: readonly Cell[]): Finding | undefined {
  if (cells.length === 0 || cells.some(({ outcome }) => outcome !== 'quiet')) return undefined;
  const message = `${rule.name} is dead: it fires for none of ${count(cells.length, 'fault')}`;
  return { id: 'dead', severity: 'fail', message, locations: [rule.location] };
}

function findLate(rule: AlertRule, cells: readonly Cell[]): Finding | undefined {
  const late = cells.filter(({ outcome }) => outcome === 'late');
  if (late.length === 0) return undefined;
  const message = `${rule.name} ${late.map(({ scenario, reason }) => `${reason} (${scenario})`).join('; ')}`;
  return { id: 'late', severity: 'fail', message, locations: [rule.location] };
}

/** Rules that a recovered fleet cannot clear: a counter with a fixed threshold, or an alert that outlasts its fault. */
function findStuck(rule: AlertRule, seen: readonly Seen[]): Finding | undefined {
  const counter = findCounter(rule, seriesOf(seen));
  if (counter) return counter;
  const stuck = seen.find((one) => outlasts(one));
  if (!stuck) return undefined;
  const { fault } = stuck.arm.truth;
  const message = `${rule.name} still fires ${seconds(stuck.arm.segment.endS - (fault?.overS ?? 0))} after the recovery from ${stuck.arm.truth.scenario}`;
  return { id: 'cannot-clear', severity: 'note', message, locations: [rule.location] };
}

function seriesOf(seen: readonly Seen[]): readonly RecordedSeries[] {
  return seen.flatMap(({ arm }) => arm.segment.series);
}

function outlasts({ arm: { truth, segment }, times, phases }: Seen): boolean {
  const { fault } = truth;
  // Until a scrape shows the recovery and an evaluation sees it, an alert cannot clear.
  if (!fault?.recovered || segment.endS - fault.overS < segment.intervalMs + times.intervalMs) return false;
  return phases?.every(({ detection }) => detection && detection.resolvedS === undefined) ?? false;
}

/** Whether one failed scrape in the middle of `for` starts it again. Shown on the first fault that the rule caught. */
async function findMissedScrape(
  { promtool, signal }: AlertsInput,
  { rule, seen, cells }: ObservedRule,
): Promise<Finding | undefined> {
  const caught = cells.find(({ outcome }) => outcome === 'fired');
  const one = seen.find(({ arm }) => arm.truth.scenario === caught?.scenario && arm.truth.arm === caught.arm);
  if (!caught?.firing || !one || one.times.forMs <= one.times.intervalMs) return undefined;
  const { worst } = caught.firing;
  const { intervalMs, forMs } = one.times;
  // An evaluation about half-way through `for`.
  const middleS = worst.pendingS + intervalMs * Math.max(1, Math.floor(forMs / 2 / intervalMs));
  const changed = withoutScrape(one.arm.segment, middleS);
  const grid = { intervalMs, phaseMs: worst.phaseMs };
  const [outcome] = await evaluateAlerts(promtool, changed, [rule], grid, { signal });
  if (!outcome || 'problem' in outcome) return undefined;
  const fires = outcome.alerts
    .flatMap(({ spans }) => spans)
    .filter(({ state, fromS }) => state === 'firing' && fromS >= worst.onsetS)
    .map(({ fromS }) => fromS);
  const laterMs = Math.min(Infinity, ...fires) - worst.firingS;
  if (laterMs <= intervalMs) return undefined;
  const delay = Number.isFinite(laterMs) ? `fires ${seconds(laterMs)} later` : 'does not fire in this recording';
  const message = `one missed scrape restarts \`for\` of ${rule.name}: it ${delay} (${caught.scenario}); last_over_time or keep_firing_for bridges the gap`;
  return { id: 'one-missed-scrape', severity: 'note', message, locations: [rule.fields['for'] ?? rule.location] };
}
