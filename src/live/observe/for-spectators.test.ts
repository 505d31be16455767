import { expect, test } from 'vitest';

import type { EventBody, HistoryEvent } from '../../history/events.ts';
import { parseEvent } from '../../history/parse-event.ts';
import { recordDrill } from '../../verdict/testing/record-drill.ts';
import { baseRun, pausedPlan } from '../../verdict/testing/sample-run.ts';
import { forSpectators } from './for-spectators.ts';

/** Stands for all that a spectator must not know. */
const secret = 'SECRET';
const location = { file: 'runbook.md', line: 3 };

/** One event of each kind. What a spectator must not see has the secret in it. */
const oneOfEach: { readonly [Type in EventBody['type']]: Extract<EventBody, { type: Type }> } = {
  'run.started': {
    ...baseRun,
    seed: 4711,
    runbook: { ...baseRun.runbook, text: secret, declaredVersions: { redis: secret }, repairs: [secret] },
    coverage: { excused: [{ at: secret, why: secret, addresses: [secret] }] },
  },
  'phase.started': { type: 'phase.started', phase: 'settle' },
  'phase.ended': { type: 'phase.ended', phase: 'baseline', outcome: 'done', message: secret },
  'arm.started': { type: 'arm.started' },
  'arm.ended': { type: 'arm.ended' },
  note: { type: 'note', message: secret },
  interrupted: { type: 'interrupted', reason: secret },
  broken: { type: 'broken', reason: secret },
  'run.ended': { type: 'run.ended', leftovers: [secret] },
  environment: {
    type: 'environment',
    engine: secret,
    compose: secret,
    node: secret,
    versions: {},
    images: [],
    realTimeServices: [secret],
  },
  'scenario.planned': { type: 'scenario.planned', plan: { ...pausedPlan, id: secret } },
  sample: { type: 'sample', full: true, queues: { mail: [1, 2, 3, 4, 0, 0, 1, 5, 6, 7] } },
  containers: {
    type: 'containers',
    containers: [
      {
        service: 'worker-mail',
        name: 'worker-mail-1',
        state: 'running',
        restarts: 1,
        exitCode: 0,
        oomKilled: false,
        startedAt: '2026-01-01T00:00:00Z',
        setUp: { memory: secret },
      },
    ],
  },
  container: { type: 'container', service: secret, name: secret, action: 'kill' },
  redis: { type: 'redis', up: false, message: secret, runId: secret, version: secret },
  'redis.commands': { type: 'redis.commands', moment: 'before', address: secret, runId: 'r', calls: {} },
  'redis.ending': { type: 'redis.ending', runId: secret, calls: {} },
  'left-behind': { type: 'left-behind', services: [{ service: secret, how: secret }] },
  pressure: { type: 'pressure', waitedMs: 1 },
  settings: { type: 'settings', moment: 'before', complete: true, queues: {}, redis: { maxmemory: secret } },
  'job-ids': { type: 'job-ids', seed: 1, part: secret, given: 3 },
  enqueued: { type: 'enqueued', queue: secret, ids: [secret], ofFault: true },
  unacknowledged: { type: 'unacknowledged', queue: secret, ids: [] },
  outcomes: { type: 'outcomes', queue: secret, completed: [], failed: [], stalled: [], removed: [] },
  held: { type: 'held', moment: 'before', complete: true, jobs: {}, message: secret },
  residue: { type: 'residue', complete: true, jobs: {}, message: secret },
  effects: { type: 'effects', complete: true, once: [secret], more: [] },
  'fault.injecting': { type: 'fault.injecting', kind: secret, summary: secret },
  'fault.proved': { type: 'fault.proved', kind: secret, bit: true, evidence: secret },
  'fault.healed': { type: 'fault.healed', kind: secret, healed: true },
  'procedure.started': { type: 'procedure.started', address: secret, purpose: 'recovery', location, args: [] },
  command: {
    type: 'command',
    address: secret,
    location,
    text: secret,
    exitCode: 0,
    role: 'command',
    cut: false,
    startedMs: 0,
    durationMs: 1,
  },
  prompt: { type: 'prompt', address: secret, location, text: secret, answer: null },
  'procedure.ended': {
    type: 'procedure.ended',
    address: secret,
    exitCode: 0,
    ended: 'exited',
    traced: true,
    output: secret,
    outputCut: false,
    cast: secret,
    durationMs: 1,
    unfilled: [],
  },
  wall: { type: 'wall', outcome: 'refused', attempt: secret, message: secret },
  'clock.changed': { type: 'clock.changed', rate: 5, inMs: 10, forMs: 20, lateMs: 30 },
  'control.recalled': { type: 'control.recalled', run: secret, recordedAt: '2026-01-01T00:00:00Z', events: [] },
  'drill.started': {
    type: 'drill.started',
    seal: 'abc',
    level: 2,
    player: 'ana',
    timeLimitMs: 60_000,
    consent: 'asked',
    bot: 'perfect',
  },
  'drill.quiet': { type: 'drill.quiet', ms: 4711 },
  'drill.extended': { type: 'drill.extended', byMs: 60_000, timeLimitMs: 120_000, by: 'bea' },
  'drill.triggered': { type: 'drill.triggered', by: secret },
  'drill.paused': { type: 'drill.paused', by: 'bea' },
  'drill.resumed': { type: 'drill.resumed' },
  'herring.planted': { type: 'herring.planted', kind: 'idle-client', text: secret },
  'record.redacted': { type: 'record.redacted', patterns: 4711, replaced: 1, leftOut: 0 },
  'drill.over': { type: 'drill.over', why: 'resolved' },
  'drill.revealed': { type: 'drill.revealed', plan: secret, nonce: secret },
  'page.sent': { type: 'page.sent', page: 1, text: 'waiting jobs: 12', source: 'routine' },
  'player.shell': { type: 'player.shell', state: 'opened', cast: 'player.cast' },
  'player.acked': { type: 'player.acked', page: 1 },
  'player.declared': { type: 'player.declared' },
  'player.found': { type: 'player.found', section: '3.2', component: 'mail', why: 'a guess' },
  'player.noted': { type: 'player.noted', text: 'a note' },
  'player.hinted': { type: 'player.hinted', step: 1, price: 5, text: 'look at section 3', by: 'bea' },
  'player.read': { type: 'player.read', section: '3.2', line: 9 },
  'player.lost': { type: 'player.lost', bytes: 4711 },
  'player.ended': { type: 'player.ended', how: 'gave-up' },
  'player.command': {
    type: 'player.command',
    line: 'docker ps',
    cwd: '/srv',
    exitCode: 1,
    startedS: 1,
    endedS: 2,
    runbook: [{ address: secret, location, text: secret, how: 'verbatim', isLast: true }],
    readsOnly: true,
  },
};

const stamped = (body: EventBody): HistoryEvent => ({
  seq: 7,
  t: 1,
  s: 2,
  scenario: secret,
  arm: 'treatment',
  ...body,
});

/** The same value with a field more in every object. The keys of a map are names, so it gets none. */
function planted(value: unknown, isMap = false): unknown {
  if (Array.isArray(value)) return value.map((one) => planted(one));
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).map(([key, one]) => [
    key,
    planted(one, key === 'queues' && !Array.isArray(one)),
  ]);
  return { ...(Object.fromEntries(fields) as object), ...(isMap ? {} : { planted: secret }) };
}

test('of each kind of event only what is named in the list reaches spectators', () => {
  for (const body of Object.values(oneOfEach)) {
    const shown = forSpectators(planted(stamped(body)) as HistoryEvent);
    const text = JSON.stringify(shown) ?? '';
    expect(text, body.type).not.toMatch(/SECRET|planted|scenario|treatment|4711|routine/);
    // It is still an event, so that all that reads histories can read it.
    if (shown) expect(parseEvent(text), body.type).toEqual({ event: shown });
  }
});

test('spectators get these kinds of events, with these fields', () => {
  const shown = Object.values(oneOfEach).flatMap((body) => forSpectators(stamped(body)) ?? []);
  const ofEach = new Set(['seq', 't', 's', 'type']);
  const fieldsOf = (event: HistoryEvent): string =>
    Object.keys(event)
      .filter((name) => !ofEach.has(name))
      .toSorted()
      .join(' ');
  const known = Object.fromEntries(shown.map((event) => [event.type, fieldsOf(event)]));
  expect(known).toEqual({
    'run.started': 'drillbook historyVersion pinnedThresholds queues run runbook seed startedAt timeScale',
    'phase.started': 'phase',
    'phase.ended': 'outcome phase',
    'arm.started': '',
    'arm.ended': '',
    interrupted: 'reason',
    broken: 'reason',
    'run.ended': 'leftovers',
    sample: 'full queues',
    containers: 'containers',
    redis: 'up',
    'clock.changed': 'forMs inMs rate',
    'drill.started': 'bot consent level player seal timeLimitMs',
    'drill.extended': 'by byMs timeLimitMs',
    'drill.paused': 'by',
    'drill.resumed': '',
    'drill.over': 'why',
    'page.sent': 'page source text',
    'player.shell': 'cast state',
    'player.acked': 'page',
    'player.declared': '',
    'player.found': 'component section why',
    'player.noted': 'text',
    'player.hinted': 'by price step text',
    'player.read': 'line section',
    'player.ended': 'how',
    'player.command': 'cwd endedS exitCode line readsOnly runbook startedS',
  });
});

test('spectators do not learn when the incident begins, or that there was to be one', () => {
  const events = recordDrill({ bit: false }).flatMap((event) => forSpectators(event) ?? []);
  const phases = events.flatMap((event) => (event.type === 'phase.started' ? [event.phase] : []));
  expect(phases).toEqual(['start', 'baseline']);
  expect(events.filter(({ type }) => type === 'drill.over' || type === 'drill.quiet')).toEqual([]);
});

test('a kind of event that a newer version brings is hidden', () => {
  for (const type of ['fault.explained', 'constructor', '__proto__'])
    expect(forSpectators({ seq: 1, t: 1, s: 1, type, text: secret } as unknown as HistoryEvent)).toBeUndefined();
});
