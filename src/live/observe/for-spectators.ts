/**
 * What a spectator of a drill may know: what its player may know. A spectator may play the same drill next.
 *
 * Each kind of event is hidden, or has a function that copies the allowed fields one by one. So a new field stays
 * hidden until it is named here, and the compiler asks about each new kind of event. The result is a valid event: a
 * field that it must have, and that says something about the truth, gets the same value in every drill.
 */
import type { EventBody, HistoryEvent, Phase, Range, ThresholdRow } from '../../history/events.ts';
import { defined } from '../../kernel/defined.ts';
import type { Location } from '../../kernel/errors.ts';

type Allowed = {
  readonly [Type in EventBody['type']]:
    | ((event: Extract<EventBody, { type: Type }>) => Omit<Extract<EventBody, { type: Type }>, 'type'> | undefined)
    | 'hidden';
};

/** The phases that `drill start` shows to the player as well. The others say when the incident began. */
const phasesForAll: ReadonlySet<Phase> = new Set(['load', 'start', 'baseline', 'settle', 'account', 'teardown']);

const nothing = (): object => ({});
const place = ({ file, line }: Location): Location => ({ file, line });
const range = ({ text, min, max }: Range): Range => ({
  text,
  ...defined({ min: min && bound(min), max: max && bound(max) }),
});
const bound = ({ value, inclusive }: NonNullable<Range['min']>): NonNullable<Range['min']> => ({ value, inclusive });
const row = ({ metric, normal, alert, warning, location }: ThresholdRow): ThresholdRow => ({
  metric,
  normal: range(normal),
  alert: range(alert),
  location: place(location),
  ...defined({ warning: warning && range(warning) }),
});

const allowed: Allowed = {
  'run.started': ({ run, drillbook, historyVersion, startedAt, timeScale, runbook, pinnedThresholds, queues }) => ({
    run,
    drillbook,
    historyVersion,
    startedAt,
    seed: 0,
    timeScale,
    runbook: {
      file: runbook.file,
      sha256: runbook.sha256,
      title: runbook.title,
      version: runbook.version,
      declaredVersions: {},
      sections: [],
      thresholds: runbook.thresholds.map(row),
      repairs: [],
    },
    pinnedThresholds: pinnedThresholds.map(row),
    queues: queues.map(({ name, service }) => ({ name, service })),
  }),
  'phase.started': ({ phase }) => (phasesForAll.has(phase) ? { phase } : undefined),
  'phase.ended': ({ phase, outcome }) => (phasesForAll.has(phase) ? { phase, outcome } : undefined),
  'arm.started': nothing,
  'arm.ended': nothing,
  interrupted: () => ({ reason: '' }),
  broken: () => ({ reason: '' }),
  'run.ended': () => ({ leftovers: [] }),
  'clock.changed': ({ rate, inMs, forMs }) => ({ rate, inMs, ...defined({ forMs }) }),
  sample: ({ full, queues }) => ({ full, queues }),
  containers: ({ containers }) => ({
    containers: containers.map(({ service, name, state, health, restarts, exitCode, oomKilled, startedAt }) => ({
      service,
      name,
      state,
      restarts,
      exitCode,
      oomKilled,
      startedAt,
      ...defined({ health }),
    })),
  }),
  redis: ({ up }) => ({ up }),
  'drill.started': ({ seal, level, player, bot, timeLimitMs, consent }) => ({
    seal,
    level,
    player,
    timeLimitMs,
    consent,
    ...defined({ bot }),
  }),
  'drill.extended': ({ byMs, timeLimitMs, by }) => ({ byMs, timeLimitMs, by }),
  'drill.paused': ({ by }) => ({ by }),
  'drill.resumed': nothing,
  // That the fault took no effect says that there was to be one.
  'drill.over': ({ why }) => (why === 'no-effect' ? undefined : { why }),
  // What made the pager ring would say whether something is broken.
  'page.sent': ({ page, text }) => ({ page, text, source: 'threshold' }),
  'player.shell': ({ state, cast }) => ({ state, cast }),
  'player.acked': ({ page }) => ({ page }),
  'player.declared': nothing,
  'player.found': ({ section, component, why }) => ({ section, component, ...defined({ why }) }),
  'player.noted': ({ text }) => ({ text }),
  'player.hinted': ({ step, price, text, by }) => ({ step, price, text, ...defined({ by }) }),
  'player.read': ({ section, line }) => ({ section, ...defined({ line }) }),
  'player.ended': ({ how }) => ({ how }),
  'player.command': ({ line, cwd, exitCode, startedS, endedS }) => ({
    line,
    cwd,
    exitCode,
    startedS,
    endedS,
    runbook: [],
    readsOnly: false,
  }),

  'scenario.planned': 'hidden',
  'drill.quiet': 'hidden',
  'drill.revealed': 'hidden',
  'drill.triggered': 'hidden',
  'herring.planted': 'hidden',
  'record.redacted': 'hidden',
  'player.lost': 'hidden',
  'fault.injecting': 'hidden',
  'fault.proved': 'hidden',
  'fault.healed': 'hidden',
  'control.recalled': 'hidden',
  'procedure.started': 'hidden',
  command: 'hidden',
  prompt: 'hidden',
  'procedure.ended': 'hidden',
  note: 'hidden',
  environment: 'hidden',
  container: 'hidden',
  'redis.commands': 'hidden',
  'redis.ending': 'hidden',
  'left-behind': 'hidden',
  pressure: 'hidden',
  settings: 'hidden',
  'job-ids': 'hidden',
  enqueued: 'hidden',
  unacknowledged: 'hidden',
  outcomes: 'hidden',
  held: 'hidden',
  residue: 'hidden',
  effects: 'hidden',
  wall: 'hidden',
};

const copies: ReadonlyMap<unknown, (event: EventBody) => object | undefined> = new Map(
  // The table has, for each type, a function that takes events of that type.
  Object.entries(allowed as Readonly<Record<string, 'hidden' | ((event: EventBody) => object | undefined)>>).flatMap(
    ([type, copy]) => (copy === 'hidden' ? [] : [[type, copy]]),
  ),
);

/** The event as a spectator may see it; undefined if it is hidden. */
export function forSpectators(event: HistoryEvent): HistoryEvent | undefined {
  const { seq, t, s, type } = event;
  const body = copies.get(type)?.(event);
  return body && ({ seq, t, s, type, ...body } as HistoryEvent);
}
