import { expect, test } from 'vitest';

import type { HistoryEvent } from '../../history/events.ts';
import {
  asHistory,
  playWell,
  recordDrill,
  verbatim,
  type DrillRecording,
  type Player,
} from '../testing/record-drill.ts';
import { recordRun, type Recording } from '../testing/record-run.ts';
import { resume } from '../testing/world.ts';
import { debriefSchema, type Debrief } from './debrief.ts';
import { judgeDrill } from './judge-drill.ts';

const judge = (recording: DrillRecording = {}): Promise<Debrief> => judgeDrill(asHistory(recordDrill(recording)));
const stone = ({ milestones }: Debrief, name: string): number | undefined =>
  milestones.find((one) => one.name === name)?.at?.realMs;

test('a drill in which the player does all well is recovered, and nothing is held against the player', async () => {
  const debrief = await judge();
  expect(debrief).toMatchObject({
    outcome: 'recovered',
    exitCode: 0,
    actions: [],
    detectedBy: 'page',
    endedBy: 'resolved',
  });
  expect(debriefSchema.parse(debrief)).toEqual(debrief);
});

test('every milestone is reached in its order, and each named time is that between its two milestones', async () => {
  const debrief = await judge();
  const reached = debrief.milestones.map(({ name }) => stone(debrief, name));
  expect(reached.every((at) => at !== undefined)).toBe(true);
  expect(reached.slice(0, 4)).toEqual(reached.slice(0, 4).toSorted((a = 0, b = 0) => a - b));
  const took = Object.fromEntries(debrief.pairs.map(({ short, took: span }) => [short, span?.sandboxMs]));
  expect(took).toMatchObject({ TTA: 10_000, TTD: 30_010, TTI: 40_010 });
  expect((took['TTM'] ?? 0) <= (took['TTR'] ?? 0)).toBe(true);
});

test('judging the same history twice gives the same bytes', async () => {
  const events = recordDrill();
  const [once, again] = [await judgeDrill(asHistory(events)), await judgeDrill(asHistory(events))];
  expect(JSON.stringify(again)).toBe(JSON.stringify(once));
});

test.each([
  ['the plan', { sealed: { seed: 8 }, seal: 'not it' }],
  ['the digest', { seal: '00' }],
  ['the scenario', { sealed: { scenario: 'another' } }],
  ['the level', { sealed: { level: 3 } }],
  ['the quiet time', { sealed: { quietMs: 1 } }],
])('a seal that does not fit %s breaks the judgement', async (_, recording: DrillRecording) => {
  await expect(judge(recording)).rejects.toMatchObject({ code: 'DRILL_SEAL' });
});

test('a player who does nothing has not recovered the fleet, and the times that were never reached are no zero', async () => {
  const debrief = await judge({ play: (player) => player.wait(60), why: 'time-limit' });
  expect(debrief).toMatchObject({ outcome: 'not-recovered', exitCode: 1, detectedBy: null });
  expect(debrief.pairs.filter(({ took }) => took !== null)).toEqual([]);
});

test.each([
  ['the fault took no effect', { bit: false }],
  ['the steady state never held', { unsteady: true }],
  ['the machine was too busy', { pressure: 0.95, play: (player) => player.wait(60), why: 'time-limit' }],
] satisfies [string, DrillRecording][])('%s: inconclusive, and never the loss of the player', async (_, recording) => {
  expect(await judge(recording)).toMatchObject({ outcome: 'inconclusive', exitCode: 2 });
});

test('an interrupted drill was stopped', async () => {
  expect(await judge({ interrupted: true })).toMatchObject({ outcome: 'stopped', exitCode: 130 });
});

test('health that does not last is no recovery', async () => {
  const relapse: DrillRecording['whileSettling'] = (world, second) => {
    if (second === 80) world.paused = true;
  };
  const debrief = await judge({ whileSettling: relapse });
  expect(debrief).toMatchObject({ outcome: 'not-recovered' });
  expect(debrief.actions.map(({ kind }) => kind)).toContain('false-all-clear');
});

test('lost jobs outweigh health, on a busy machine too', async () => {
  expect(await judge({ jobs: { lost: 1 }, pressure: 0.95 })).toMatchObject({
    outcome: 'not-recovered',
    reasons: [expect.stringContaining('lost') as string],
  });
});

test('a fleet that recovers while the player only looks has recovered by itself', async () => {
  const debrief = await judge({
    quiet: (player) => player.run('touch notes'),
    play(player) {
      player.run('docker compose ps', undefined, { readsOnly: true });
      resume(player.world);
      player.wait(10);
      player.say({ type: 'player.ended', how: 'resolved' });
    },
  });
  expect(debrief).toMatchObject({ outcome: 'inconclusive', selfHealed: true });
});

test.each<readonly [line: string, exitCode: number, selfHealed: boolean]>([
  ['resume-mail', 127, true],
  ['./resume', 126, true],
  ['docker compose exec -T api resume', 127, true],
  ['redis-cli hdel bull:mail:meta paused', 1, false],
  ['redis-cli hdel bull:mail:meta paused; resume-mail', 127, false],
  ['redis-cli hdel bull:mail:meta paused | jqq', 127, false],
  ['x=$(redis-cli hdel bull:mail:meta paused) resume-mail', 127, false],
])('a line that starts no program cures nothing: %s ends with %s', async (line, exitCode, selfHealed) => {
  const debrief = await judge({
    play(player) {
      player.run(line, resume, { exitCode });
      player.wait(10);
      player.say({ type: 'player.ended', how: 'resolved' });
    },
  });
  expect(debrief).toMatchObject({ outcome: selfHealed ? 'inconclusive' : 'recovered', selfHealed });
});

test('a drill is inconclusive if some of what the player ran is not known', async () => {
  const debrief = await judge({
    play(player) {
      player.say({ type: 'player.lost', bytes: 200_000 });
      playWell(player);
    },
  });
  expect(debrief).toMatchObject({ outcome: 'inconclusive', reasons: [expect.stringContaining('200000 bytes')] });
});

test('a cure that is not in the runbook is no wrong action, and the runbook lacks it', async () => {
  const debrief = await judge({
    play(player) {
      player.run('redis-cli hdel bull:mail:meta paused', resume);
      player.wait(10);
      player.say({ type: 'player.ended', how: 'resolved' });
    },
  });
  expect(debrief).toMatchObject({ outcome: 'recovered', actions: [] });
  expect(debrief.items).toContainEqual(expect.objectContaining({ rule: 'not-in-runbook', command: 0 }));
});

function harmThenCure(player: Player): void {
  player.run('pause rest', (world) => (world.restPaused = true));
  player.run('resume rest', (world) => (world.restPaused = false));
  playWell(player);
}

test('harm to the rest of the fleet is found with its command, although it is gone at the end', async () => {
  const debrief = await judge({
    plan: { touches: { services: [], queues: ['mail'], redis: [] } },
    play(player) {
      player.run('pause rest', (world) => (world.restPaused = true));
      player.run('resume rest', (world) => (world.restPaused = false));
      playWell(player);
    },
  });
  expect(debrief.outcome).toBe('recovered');
  expect(debrief.actions).toEqual([
    expect.objectContaining({
      kind: 'harm',
      verdict: 'wrong',
      command: 0,
      message: expect.stringContaining('rest') as string,
    }),
  ]);
});

test('harm in the quiet time is found, and what the fault itself does is not the harm of the player', async () => {
  const pauseRest: DrillRecording['quiet'] = (player) => {
    player.run('pause rest', (world) => (world.restPaused = true));
    player.run('resume rest', (world) => (world.restPaused = false));
  };
  const plan = { touches: { services: [], queues: [], redis: [] } };
  const quiet = await judge({ plan, quiet: pauseRest });
  expect(quiet.actions.map(({ kind, command }) => [kind, command])).toEqual([['harm', 0]]);
  // The fault pauses a queue that no one may touch.
  expect((await judge({ plan })).actions).toEqual([]);
});

test('a command for the whole of Redis is found, and held against no line, because no line is known to have given it', async () => {
  const plan = { touches: { services: [], queues: ['mail'], redis: [] } };
  const debrief = await judge({ plan, redisCalls: { 'config|set': 1 } });
  expect(debrief.actions).toEqual([
    expect.objectContaining({
      kind: 'harm',
      verdict: 'unknown',
      command: null,
      message: expect.stringMatching(/^the player gave Redis the command CONFIG SET/) as string,
    }),
  ]);
});

test('an attempt to reach beyond the sandbox is held against the line that ran then, once', async () => {
  const met = { type: 'wall', outcome: 'refused', attempt: 'start a container', message: 'no' } as const;
  const debrief = await judge({
    play(player) {
      player.run('docker run x', () => [1, 2].forEach(() => player.say(met)));
      player.say({ ...met, attempt: 'list another project' });
      playWell(player);
    },
  });
  expect(debrief.actions).toMatchObject([
    { kind: 'beyond', verdict: 'wrong', command: 0, message: 'tried to start a container' },
    { kind: 'beyond' },
  ]);
});

test('an all-clear before lasting health, a declaration in the quiet time and a wrong answer are kept', async () => {
  const debrief = await judge({
    quiet: (player) => player.say({ type: 'player.declared' }),
    play(player) {
      player.say({ type: 'player.found', section: '3.1', component: 'rest' });
      player.say({ type: 'player.ended', how: 'resolved' });
      player.wait(5);
      player.run('resume mail', resume);
    },
  });
  expect(debrief.actions.map(({ kind }) => kind)).toEqual(['false-declaration', 'wrong-diagnosis', 'false-all-clear']);
  expect(stone(debrief, 'found')).toBeUndefined();
});

test('the service of an affected queue is half of an answer', async () => {
  const debrief = await judge({
    play(player) {
      player.say({ type: 'player.found', section: '3.2', component: 'worker-mail' });
      playWell(player);
    },
  });
  expect(debrief.answers.map(({ componentRight, right }) => [componentRight, right])).toEqual([
    ['owner', false],
    ['yes', true],
  ]);
});

test('a block of the runbook that failed as written, and one that was edited, each become an item on its line', async () => {
  const debrief = await judge({
    play(player) {
      player.run('resume mail', undefined, { exitCode: 1, runbook: [verbatim] });
      player.run('resume post', undefined, { runbook: [{ ...verbatim, how: 'edited' }] });
      playWell(player);
    },
  });
  const location = { file: 'runbook.md', line: 31 };
  expect(debrief.items).toContainEqual(expect.objectContaining({ rule: 'failed-verbatim', command: 0, location }));
  expect(debrief.items).toContainEqual(expect.objectContaining({ rule: 'edited-first', command: 1, location }));
});

test('hints cost something only if the fleet recovered', async () => {
  const hint = { type: 'player.hinted', step: 1, price: 5, text: 'look at 3.2' } as const;
  const solved = await judge({
    play(player) {
      player.say(hint);
      playWell(player);
    },
  });
  const unsolved = await judge({ play: (player) => player.say(hint), why: 'gave-up' });
  expect([solved.hints.charged, unsolved.hints.charged]).toEqual([5, 0]);
});

test('to stand down is right if nothing is broken, and wrong if something is', async () => {
  const standDown: DrillRecording['play'] = (player) => player.say({ type: 'player.ended', how: 'stood-down' });
  const faultless = { fault: undefined, symptoms: [], id: 'no-fault' };
  expect(await judge({ plan: faultless, play: standDown, why: 'stood-down' })).toMatchObject({
    outcome: 'stood-down',
    exitCode: 0,
  });
  expect(await judge({ play: standDown, why: 'stood-down' })).toMatchObject({ outcome: 'not-recovered' });
});

/** 200 places of a history, evenly spread. */
function cutsOf(events: readonly HistoryEvent[]): readonly (readonly HistoryEvent[])[] {
  const marks = Array.from({ length: 200 }, (_, index) => Math.floor(((index + 1) * (events.length - 1)) / 200));
  return marks.map((mark) => events.slice(0, mark));
}

test.each([
  ['recovered', {}],
  ['not recovered', { play: (player) => player.wait(60), why: 'time-limit' }],
  ['with lost jobs', { jobs: { lost: 1 } }],
  ['without a fault', { plan: { fault: undefined, symptoms: [], id: 'no-fault' }, why: 'stood-down' }],
  ['with harm', { play: harmThenCure }],
] satisfies [string, DrillRecording][])(
  'a drill (%s) whose history is cut off at any of 200 places is inconclusive or the same',
  async (_, recording) => {
    const events = recordDrill(recording);
    const whole = await judgeDrill(asHistory(events));
    for (const cut of cutsOf(events)) {
      const debrief = await judgeDrill(asHistory(cut)).catch((error: { readonly code?: string }) => error);
      if ('outcome' in debrief) expect(['inconclusive', whole.outcome]).toContain(debrief.outcome);
      else expect(debrief.code).toBe('DRILL_NONE');
    }
  },
);

test('the gate refuses to judge a drill, and a drill is not judged from the run of a gate', async () => {
  const { judge: judgeGate } = await import('../judge.ts');
  await expect(judgeGate(asHistory(recordDrill()))).rejects.toMatchObject({ code: 'DRILL_RECORD' });
  const events: readonly HistoryEvent[] = recordDrill().filter(({ type }) => !type.startsWith('drill.'));
  await expect(judgeDrill(asHistory(events))).rejects.toMatchObject({ code: 'DRILL_NONE' });
});

test('the parts of the mitigation add up to it, and without a run of the runbook there is no par', async () => {
  const { breakdown, pairs, par } = await judge();
  const parts = Object.values(breakdown ?? {}).map((span) => span?.sandboxMs ?? NaN);
  const total = pairs.find(({ short }) => short === 'TTM')?.took?.sandboxMs ?? NaN;
  expect(Math.abs(parts.reduce((sum, ms) => sum + ms, 0) - total)).toBeLessThan(5);
  expect(par).toBeNull();
});

test("the runbook's own procedure on the same fleet is par, and there is none if it fails its own drill", async () => {
  const drilled = recordDrill();
  const withPar = (recording: Recording): readonly HistoryEvent[] => {
    const events = recordRun({
      ...recording,
      plan: { ...recording.plan, id: 'queue-paused-par', control: { enabled: false, instead: [] } },
    });
    const [last] = drilled.slice(-1);
    return [...drilled.slice(0, -1), ...events.slice(2, -1), ...(last ? [last] : [])];
  };
  const cured = await judgeDrill(asHistory(withPar({})));
  expect(cured).toMatchObject({ outcome: 'recovered', par: { ok: true, reasons: [] } });
  expect(cured.par?.sinceProcedure?.sandboxMs).toBeGreaterThanOrEqual(0);
  const failed = await judgeDrill(asHistory(withPar({ cure: () => undefined })));
  expect(failed).toMatchObject({ outcome: 'recovered', par: { ok: false } });
  expect(failed.par?.reasons.join()).toContain('recovered');
});

test('what a facilitator did is in the debrief, and changes nothing else', async () => {
  const { triggered, extensions, hints, timeline, ...directed } = await judge({
    sealed: { manual: true },
    quiet: (player) => player.say({ type: 'drill.triggered', by: 'ben' }),
    play(player) {
      player.say({ type: 'drill.extended', byMs: 60_000, timeLimitMs: 660_000, by: 'ben' });
      player.say({ type: 'player.hinted', step: 1, price: 0, text: 'look at 3.2', by: 'ben' });
      playWell(player);
    },
  });
  expect(triggered).toMatchObject({ by: 'ben' });
  expect(extensions).toMatchObject([{ byMs: 60_000, by: 'ben' }]);
  expect(hints).toMatchObject({ charged: 0, taken: [{ price: 0 }] });
  expect(timeline.filter(({ lane }) => lane === 'facilitator').map(({ text }) => text)).toEqual([
    'ben gave the order to inject',
    'ben gave 60 s more',
  ]);
  const alone = await judge();
  expect(directed).toMatchObject({ outcome: alone.outcome, actions: [], pairs: alone.pairs });
});

test('an order to inject breaks the seal of a drill that was to inject by itself', async () => {
  const quiet: DrillRecording['quiet'] = (player) => player.say({ type: 'drill.triggered', by: 'ben' });
  await expect(judge({ quiet })).rejects.toMatchObject({ code: 'DRILL_SEAL' });
});
