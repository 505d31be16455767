import { oneLine } from '../../kernel/plain-text.ts';
import type { ArmRecord, Instant, PhaseRecord, ProcedureRecord } from '../../record/arm-record.ts';
import type { Moment } from '../../record/timeline.ts';
import { complaintAt, type HealthRules } from '../../verdict/health.ts';
import { watchEnd } from '../../verdict/recovery.ts';
import { commandOutcome, procedureOutcome } from './procedure-outcome.ts';
import { mostCommands, procedureId } from './render-procedures.ts';
import type { Lane, LaneItem, Tone } from './time-panel.ts';

/** More would not be seen in a row. */
const mostItems = 400;

/** What happened in an arm: its phases, the fault, what ran, which containers were down, and how well the fleet was. */
export function armLanes(
  record: ArmRecord,
  rules: HealthRules,
  end: Instant,
  id: string,
  recoveredT: number | undefined,
): readonly Lane[] {
  return visibleLanes([
    { name: 'Phases', items: record.phases.map((phase) => phaseItem(phase, end)) },
    faultLane(record, end, recoveredT),
    {
      name: 'Blocks',
      items: record.procedures.map((procedure, index) => procedureItem(procedure, end, procedureId(id, index))),
    },
    {
      name: 'Commands',
      items: record.procedures.flatMap((procedure, index) => commandItems(procedure, end, procedureId(id, index))),
    },
    ...fleetLanes(record, rules, end),
  ]);
}

/** The lanes that have something in them. */
export function visibleLanes(lanes: readonly Lane[]): readonly Lane[] {
  return lanes
    .filter(({ items }) => items.length > 0)
    .map(({ name, items }) => ({ name, items: items.slice(0, mostItems) }));
}

/** When the fault was injected, took effect and was over. */
export function faultLane(record: ArmRecord, end: Instant, recoveredT: number | undefined): Lane {
  return { name: 'Fault', items: faultItems(record, end, recoveredT) };
}

/** What was down, and how well the fleet was. */
export function fleetLanes(record: ArmRecord, rules: HealthRules, end: Instant): readonly Lane[] {
  return [
    { name: 'Down', items: downItems(record.timeline.moments, rules, end) },
    { name: 'Health', items: healthItems(record, rules, end) },
  ];
}

function phaseItem({ phase, started, ended }: PhaseRecord, end: Instant): LaneItem {
  const outcome = ended?.outcome ?? 'not over';
  const why = ended?.message === undefined ? '' : `: ${ended.message}`;
  return {
    from: started.t,
    to: (ended ?? end).t,
    text: outcome === 'done' ? phase : `${phase} ${outcome}`,
    detail: `phase ${phase}, ${outcome}${why}`,
    tone: outcome === 'done' ? 'plain' : outcome === 'failed' ? 'bad' : 'unclear',
  };
}

function faultItems(
  { injecting, proved, healed }: ArmRecord,
  end: Instant,
  recoveredT: number | undefined,
): readonly LaneItem[] {
  if (!injecting) return [];
  const bit = proved?.bit === true;
  const seen = proved
    ? `${bit ? 'it took effect' : 'it did not take effect'}: ${proved.evidence}`
    : 'no effect was seen';
  const over = healed
    ? healed.healed
      ? 'healed'
      : `not healed: ${healed.message ?? 'no reason given'}`
    : 'not healed';
  const effect: LaneItem = {
    from: proved?.t ?? injecting.t,
    to: Math.max(proved?.t ?? injecting.t, recoveredT ?? (healed ?? end).t),
    text: bit ? 'took effect' : 'no effect seen',
    detail: seen,
    tone: bit ? 'fault' : 'unclear',
  };
  const healing: readonly LaneItem[] = healed
    ? [
        {
          from: healed.t,
          to: healed.t,
          text: over,
          detail: `Drillbook takes the fault back: ${over}`,
          tone: healed.healed ? 'plain' : 'bad',
        },
      ]
    : [];
  if (!proved) return [effect, ...healing];
  const injection: LaneItem = {
    from: injecting.t,
    to: proved.t,
    text: 'injected',
    detail: 'the fault is injected',
    tone: 'plain',
  };
  return [injection, effect, ...healing];
}

function procedureItem(procedure: ProcedureRecord, end: Instant, target: string): LaneItem {
  const { started, ended } = procedure;
  const { tone, text } = procedureOutcome(procedure);
  return {
    from: started.t,
    to: (ended ?? end).t,
    text: started.address,
    detail: `${started.purpose}: ${started.address}, ${text}`,
    tone,
    target,
  };
}

function commandItems(procedure: ProcedureRecord, end: Instant, target: string): readonly LaneItem[] {
  const { started, commands, ended } = procedure;
  return commands.slice(0, mostCommands).map((command) => {
    const from = started.t + command.startedMs;
    const to = command.durationMs === null ? (ended ?? end).t : from + command.durationMs;
    const { tone, text } = commandOutcome(command, started);
    return {
      from,
      to: Math.max(from, to),
      text: oneLine(command.text, 60),
      detail: `line ${command.location.line}: ${oneLine(command.text, 200)}, ${text}`,
      // Most commands do well. Only the others need a sign.
      tone: tone === 'good' ? 'plain' : tone,
      target,
    };
  });
}

/** When an affected service, or Redis, was not there. */
function downItems(moments: readonly Moment[], rules: HealthRules, end: Instant): readonly LaneItem[] {
  const redis = stretches(moments, ({ redisUp }) => (redisUp ? undefined : 'Redis'), end);
  const services = rules.services.flatMap((service) =>
    stretches(
      moments,
      ({ containers }) => {
        const found = containers.find((one) => one.service === service && one.state.toLowerCase() !== 'running');
        return found && `${service} ${found.state}`;
      },
      end,
    ),
  );
  return [...redis, ...services].map(({ from, to, text }) => ({
    from,
    to,
    text,
    detail: `${text}: down`,
    tone: 'bad' as Tone,
  }));
}

/** Whether each moment is healthy, by the rule of the verdict. A recovery needs more than such moments. */
function healthItems(record: ArmRecord, rules: HealthRules, end: Instant): readonly LaneItem[] {
  // The judge looks from the steady state to the end of the watch. After it the load has ended.
  const begun = record.phase('baseline')?.started.t ?? -Infinity;
  const until = watchEnd(record) ?? end;
  const seen = record.timeline.moments.filter(
    ({ t, sampled, redisUp }) => t >= begun && t <= until.t && (sampled || !redisUp),
  );
  const details = new Map<number, string>();
  const found = stretches(
    seen,
    (moment) => {
      const complaint = complaintAt(moment, rules);
      if (complaint) details.set(moment.t, complaint.text);
      return complaint ? (complaint.unknown ? 'unknown' : 'not healthy') : 'healthy';
    },
    until,
  );
  return found.map(({ from, to, text }) => ({
    from,
    to,
    text,
    detail: details.has(from) ? `${text}: ${details.get(from)}` : text,
    tone: text === 'healthy' ? 'good' : text === 'unknown' ? 'unclear' : 'bad',
  }));
}

interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** Joins neighbouring moments of which the same can be said. */
function stretches(
  moments: readonly Moment[],
  say: (moment: Moment) => string | undefined,
  end: Instant,
): readonly Stretch[] {
  const found: { from: number; to: number; text: string }[] = [];
  let open: { from: number; to: number; text: string } | undefined;
  for (const moment of moments) {
    const text = say(moment);
    if (open && text !== open.text) open.to = moment.t;
    if (text === undefined) open = undefined;
    else if (text !== open?.text) found.push((open = { from: moment.t, to: end.t, text }));
  }
  return found;
}
