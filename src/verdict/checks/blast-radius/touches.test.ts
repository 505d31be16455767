import { expect, test } from 'vitest';

import type { HistoryEvent, RedisCommands, Touches } from '../../../history/events.ts';
import type { Check } from '../../run-report.ts';
import { judgeEvents } from '../../testing/judge-recording.ts';
import { file, recordRun, recovery, type Recording, type World } from '../../testing/record-run.ts';

const nothing: Touches = { services: [], queues: ['mail'], redis: [] };

async function blastRadius(
  touches: Touches | undefined,
  recording: Recording = {},
  change: (event: HistoryEvent) => readonly HistoryEvent[] = (event) => [event],
): Promise<Check | undefined> {
  const { plan } = recording;
  const events = recordRun({ ...recording, plan: { ...plan, ...(touches ? { touches } : {}) } }).flatMap(change);
  const { scenarios } = await judgeEvents(events);
  return scenarios[0]?.checks.find(({ id }) => id === 'blast-radius');
}

const cure: Recording['cure'] = (world) => void (world.paused = false);
const pausedForAWhile: Recording = {
  cure,
  whileSettling: (world, second) => (world.restPaused = second > 3 && second < 20),
};

test('fails when a queue that the scenario does not name was paused for a while', async () => {
  expect(await blastRadius(nothing, pausedForAWhile)).toMatchObject({
    verdict: 'fail',
    findings: [
      {
        message: 'the queue rest (unaffected by the fault) was paused; the scenario allows it for mail only',
        location: { file, line: 30 },
      },
    ],
  });
  expect(await blastRadius({ ...nothing, queues: ['mail', 'rest'] }, pausedForAWhile)).toMatchObject({
    verdict: 'pass',
  });
});

test('does not blame a procedure for what the fault paused', async () => {
  const faulty: Recording = {
    faultToo: (world) => void (world.restPaused = true),
    cure: (world) => void ([world.paused, world.restPaused] = [false, false]),
  };
  expect(await blastRadius({ ...nothing, queues: [] }, faulty)).toMatchObject({ verdict: 'pass' });
});

test('judges a history without such a statement as it was judged before', async () => {
  expect(await blastRadius(undefined, pausedForAWhile)).toMatchObject({ verdict: 'pass' });
});

test('fails when failed jobs of another queue are gone after a procedure', async () => {
  const cleaned = (restFailed: number, whenSettling = restFailed): Recording => ({
    faultToo: (world) => void (world.restFailed = 3),
    cure: (world) => void ([world.paused, world.restFailed] = [false, restFailed]),
    whileSettling: (world, second) => (world.restFailed = second > 20 ? whenSettling : world.restFailed),
  });
  expect(await blastRadius(nothing, cleaned(0))).toMatchObject({
    verdict: 'fail',
    message: 'a procedure retried or removed 3 failed jobs of the queue rest (unaffected by the fault)',
  });
  expect(await blastRadius({ ...nothing, queues: ['mail', 'rest'] }, cleaned(0))).toMatchObject({ verdict: 'pass' });
  expect(await blastRadius(nothing, cleaned(3))).toMatchObject({ verdict: 'pass' });
  // Long after the procedure, it is not the procedure's doing.
  expect(await blastRadius(nothing, cleaned(3, 0))).toMatchObject({ verdict: 'pass' });
});

test('fails when completed jobs of another queue are gone after a procedure', async () => {
  const cleaned = (restKept: number, whenSettling = restKept): Recording => ({
    cure: (world) => void ([world.paused, world.restKept] = [false, restKept]),
    whileSettling: (world, second) => (world.restKept = second > 20 ? whenSettling : world.restKept),
  });
  expect(await blastRadius(nothing, cleaned(40))).toMatchObject({
    verdict: 'fail',
    findings: [
      {
        message: 'a procedure retried or removed 60 completed jobs of the queue rest (unaffected by the fault)',
        location: { file, line: 30 },
      },
    ],
  });
  expect(await blastRadius({ ...nothing, queues: ['mail', 'rest'] }, cleaned(40))).toMatchObject({ verdict: 'pass' });
  expect(await blastRadius(nothing, cleaned(160))).toMatchObject({ verdict: 'pass' });
});

test('does not blame a procedure for completed jobs that expire', async () => {
  const cured = (restKept: number) => (world: World) => void ([world.paused, world.restKept] = [false, restKept]);
  const before: Recording = { faultToo: (world) => void (world.restKept = 95), cure: cured(90) };
  expect(await blastRadius(nothing, before)).toMatchObject({ verdict: 'pass' });
  const inControl: Recording = {
    cure: cured(90),
    selfHealing: { afterS: 5, heal: (world) => void (world.restKept = 90) },
  };
  expect(await blastRadius(nothing, inControl)).toMatchObject({ verdict: 'pass' });
  const later: Recording = { cure, whileSettling: (world, second) => (world.restKept = second > 20 ? 80 : 100) };
  expect(await blastRadius(nothing, later)).toMatchObject({ verdict: 'pass' });
});

test('proves nothing if completed jobs leave while a procedure runs and also after it', async () => {
  const leaving: Recording = {
    cure: (world) => void ([world.paused, world.restKept] = [false, 90]),
    whileSettling: (world, second) => (world.restKept = second > 20 ? 80 : world.restKept),
  };
  expect(await blastRadius(nothing, leaving)).toMatchObject({
    verdict: 'inconclusive',
    message:
      'a procedure retried or removed 10 completed jobs of the queue rest (unaffected by the fault), or jobs expire: some also left after it',
    locations: [{ file, line: 30 }],
  });
  expect(await blastRadius({ ...nothing, queues: ['mail', 'rest'] }, leaving)).toMatchObject({ verdict: 'pass' });
});

test('does not blame a procedure for what a Redis that was down has lost', async () => {
  const lost: Recording = {
    faultToo: (world) => void ([world.restFailed, world.redisUp] = [3, false]),
    cure: (world) => void ([world.paused, world.redisUp, world.restKept, world.restFailed] = [false, true, 99, 2]),
  };
  expect(await blastRadius(nothing, lost)).toMatchObject({ verdict: 'pass' });
});

test('what was touched can be printed for the scenario', async () => {
  const { scenarios } = await judgeEvents(recordRun({ ...pausedForAWhile, plan: { touches: nothing } }));
  expect(scenarios[0]?.touched).toEqual({ services: [], queues: ['rest'], redis: [] });
});

const bothDown = (overlapS: number): Recording => ({
  cure,
  whileSettling: (world, second) => {
    world.workerState = second >= 10 && second < 15 ? 'exited' : 'running';
    world.restState = second >= 15 - overlapS && second < 25 ? 'exited' : 'running';
  },
});

test('fails when more services were down at the same time than the scenario allows', async () => {
  const touches: Touches = { ...nothing, services: ['worker-mail', 'worker-rest'], servicesAtOnce: 1 };
  expect(await blastRadius(touches, bothDown(2))).toMatchObject({
    verdict: 'fail',
    message: 'worker-mail, worker-rest were down at the same time; the scenario allows 1 at once',
  });
  expect(await blastRadius({ ...touches, servicesAtOnce: 2 }, bothDown(2))).toMatchObject({ verdict: 'pass' });
  expect(await blastRadius(touches, bothDown(0))).toMatchObject({ verdict: 'pass' });
});

test('fails when services were interrupted at the same time, however soon the engine started them again', async () => {
  const touches: Touches = { ...nothing, services: ['worker-mail', 'worker-rest'], servicesAtOnce: 1 };
  const met = (atMs: number, outcome: 'obeyed' | 'finished', attempt: string) => ({
    atMs,
    outcome,
    attempt,
    service: attempt.split(' ')[1] ?? '',
  });
  const orders = (...wall: NonNullable<Recording['wall']>): Recording => ({ cure, wall });
  const [mail, rest] = [met(10, 'obeyed', 'restart worker-mail'), met(12, 'obeyed', 'restart worker-rest')];
  expect(
    await blastRadius(
      touches,
      orders(mail, rest, met(20, 'finished', 'restart worker-mail'), met(22, 'finished', 'restart worker-rest')),
    ),
  ).toMatchObject({
    verdict: 'fail',
    message: 'worker-mail, worker-rest were down at the same time; the scenario allows 1 at once',
  });
  expect(await blastRadius({ ...touches, servicesAtOnce: 2 }, orders(mail, rest))).toMatchObject({ verdict: 'pass' });
  expect(await blastRadius(touches, orders(mail, met(11, 'finished', 'restart worker-mail'), rest))).toMatchObject({
    verdict: 'pass',
  });
  const stop = met(5, 'obeyed', 'stop worker-mail');
  expect(await blastRadius(touches, orders(stop, met(8, 'finished', 'stop worker-mail'), rest))).toMatchObject({
    verdict: 'fail',
  });
  // Old histories do not say when an order was carried out.
  expect(await blastRadius(touches, orders(mail, rest))).toMatchObject({ verdict: 'pass' });
  const again = [met(8, 'finished', 'stop worker-mail'), met(9, 'finished', 'start worker-mail')];
  expect(await blastRadius(touches, orders(stop, ...again, rest))).toMatchObject({ verdict: 'pass' });
});

test('a service that a restart policy has started again is not away any more', async () => {
  const touches: Touches = { ...nothing, services: ['worker-mail', 'worker-rest'], servicesAtOnce: 1 };
  const order = (atMs: number, attempt: string) =>
    ({ atMs, outcome: 'obeyed', attempt, service: attempt.split(' ')[1] ?? '' }) as const;
  const finished = { atMs: 1, outcome: 'finished', attempt: 'start worker-mail', service: 'worker-mail' } as const;
  const kills = (secondMs: number): Recording => ({
    cure,
    wall: [finished, order(10, 'kill worker-mail'), order(secondMs, 'kill worker-rest')],
  });
  const startedAfter =
    (ms: number) =>
    (event: HistoryEvent): readonly HistoryEvent[] => {
      if (event.type !== 'wall' || event.attempt !== 'kill worker-mail') return [event];
      const { seq, s, scenario = '', arm = 'treatment' } = event;
      const stamp = { seq, t: event.t + ms, s: s + ms, scenario, arm };
      return [event, { ...stamp, type: 'container', service: 'worker-mail', name: 'worker-mail-1', action: 'start' }];
    };
  expect(await blastRadius(touches, kills(600))).toMatchObject({ verdict: 'fail' });
  expect(await blastRadius(touches, kills(4000), startedAfter(2000))).toMatchObject({ verdict: 'pass' });
  // This may be the news of an earlier start.
  expect(await blastRadius(touches, kills(600), startedAfter(100))).toMatchObject({ verdict: 'fail' });
});

test('fails when a queue or service was touched for longer than the scenario allows', async () => {
  const touches: Touches = { services: ['worker-mail', 'worker-rest'], queues: ['mail', 'rest'], redis: [] };
  expect(await blastRadius({ ...touches, servicesForMs: 20_000 }, bothDown(2))).toMatchObject({ verdict: 'pass' });
  expect(await blastRadius({ ...touches, servicesForMs: 5000 }, bothDown(2))).toMatchObject({
    verdict: 'fail',
    message: expect.stringMatching(/^worker-rest was down for \d+ s; the scenario allows 5 s$/) as string,
  });
  expect(await blastRadius({ ...touches, queuesForMs: 30_000 }, pausedForAWhile)).toMatchObject({ verdict: 'pass' });
  expect(await blastRadius({ ...touches, queuesForMs: 10_000 }, pausedForAWhile)).toMatchObject({
    verdict: 'fail',
    message: expect.stringMatching(/^the queue rest was paused for \d+ s; the scenario allows 10 s$/) as string,
  });
});

/** Adds what was counted around the recovery of the treatment. */
function counted(before: Partial<RedisCommands>, after: Partial<RedisCommands>) {
  const around = (
    event: HistoryEvent,
    moment: RedisCommands['moment'],
    counts: Partial<RedisCommands>,
  ): HistoryEvent => ({
    ...event,
    type: 'redis.commands',
    moment,
    address: recovery,
    runId: 'a',
    calls: {},
    ...counts,
  });
  return (event: HistoryEvent): readonly HistoryEvent[] => {
    if (event.arm !== 'treatment' || !('address' in event) || event.address !== recovery) return [event];
    if (event.type === 'procedure.started') return [around(event, 'before', before), event];
    return event.type === 'procedure.ended' ? [event, around(event, 'after', after)] : [event];
  };
}

test('fails when a block gave Redis a command for all of it, which the scenario does not allow', async () => {
  const flushed = counted({ calls: { flushall: 1 } }, { calls: { flushall: 2 } });
  const message = `${recovery} gave Redis the command FLUSHALL, which the scenario does not allow`;
  expect(await blastRadius(nothing, {}, flushed)).toMatchObject({
    verdict: 'fail',
    findings: [{ message, location: { file, line: 30 } }],
  });
  expect(await blastRadius({ ...nothing, redis: ['flushall'] }, {}, flushed)).toMatchObject({ verdict: 'pass' });
});

test('counts from zero after a restart of Redis, and not what was given before the block', async () => {
  const same = counted({ calls: { 'config|set': 2 } }, { calls: { 'config|set': 2 } });
  expect(await blastRadius(nothing, {}, same)).toMatchObject({ verdict: 'pass' });
  const restarted = counted({ calls: { 'config|set': 2 } }, { runId: 'b', calls: { 'config|set': 1 } });
  expect(await blastRadius(nothing, {}, restarted)).toMatchObject({
    verdict: 'fail',
    message: `${recovery} gave Redis the command CONFIG SET, which the scenario does not allow`,
  });
});

const redisService = { service: 'worker-rest' };
/** Adds events after the recovery of the treatment has started. */
const meanwhile =
  (...bodies: readonly ((event: HistoryEvent) => HistoryEvent)[]) =>
  (event: HistoryEvent): readonly HistoryEvent[] =>
    event.arm === 'treatment' && event.type === 'procedure.started' && event.address === recovery
      ? [event, ...bodies.map((body) => body(event))]
      : [event];
const ending =
  (runId: string, calls: RedisCommands['calls'] = {}) =>
  (event: HistoryEvent): HistoryEvent => ({ ...event, type: 'redis.ending', runId, calls });
const start =
  (name = 'worker-rest-1') =>
  ({ seq, t, s, scenario = '', arm = 'treatment' }: HistoryEvent): HistoryEvent => {
    const stamp = { seq, t, s, scenario, arm };
    return { ...stamp, type: 'container', ...redisService, name, action: 'start' };
  };
const both =
  (...changes: readonly ((event: HistoryEvent) => readonly HistoryEvent[])[]) =>
  (event: HistoryEvent): readonly HistoryEvent[] =>
    changes.reduce<readonly HistoryEvent[]>((events, change) => events.flatMap(change), [event]);

test('finds what a block told a Redis that it then had restarted', async () => {
  const around = counted({ ...redisService, calls: { flushall: 1 } }, { ...redisService, runId: 'b' });
  const restarted = (calls: RedisCommands['calls']) => both(around, meanwhile(ending('a', calls), start()));
  expect(await blastRadius(nothing, {}, restarted({ flushall: 2 }))).toMatchObject({
    verdict: 'fail',
    message: `${recovery} gave Redis the command FLUSHALL, which the scenario does not allow`,
  });
  expect(await blastRadius(nothing, {}, restarted({ flushall: 1 }))).toMatchObject({ verdict: 'pass' });
});

test('proves nothing if a Redis that the block may have told something ended by itself', async () => {
  const message = `what ${recovery} told Redis is not known: Redis ended while it ran, before its commands were counted`;
  const around = counted(redisService, { ...redisService, runId: 'b' });
  expect(await blastRadius(nothing, {}, both(around, meanwhile(start())))).toMatchObject({
    verdict: 'inconclusive',
    message,
    locations: [{ file, line: 30 }],
  });
  // Two orders ended the first of two processes; the second was not asked.
  const one = both(
    counted(redisService, { runId: 'a', ...redisService }),
    meanwhile(ending('a'), ending('a'), start()),
  );
  expect(await blastRadius(nothing, {}, one)).toMatchObject({ verdict: 'inconclusive' });
  // The second of three processes was not asked.
  const twice = meanwhile(ending('a'), start(), start());
  expect(await blastRadius(nothing, {}, both(around, twice))).toMatchObject({ verdict: 'inconclusive' });
  const gone = (event: HistoryEvent): readonly HistoryEvent[] =>
    event.type === 'redis.commands' && event.moment === 'after' ? [] : [event];
  expect(await blastRadius(nothing, {}, both(around, gone))).toMatchObject({ verdict: 'inconclusive', message });
  expect(await blastRadius(nothing, {}, both(around, gone, meanwhile(ending('a'))))).toMatchObject({ verdict: 'pass' });
});

test('passes when a block starts a Redis that was down, or another container of its image', async () => {
  const wasDown = (event: HistoryEvent): readonly HistoryEvent[] =>
    event.type === 'redis.commands' && event.moment === 'before' ? [] : [event];
  const around = counted(redisService, { ...redisService, runId: 'b', calls: {} });
  expect(await blastRadius(nothing, {}, both(around, wasDown, meanwhile(start())))).toMatchObject({ verdict: 'pass' });
  const flushed = counted(redisService, { ...redisService, runId: 'b', calls: { flushall: 1 } });
  expect(await blastRadius(nothing, {}, both(flushed, wasDown, meanwhile(start())))).toMatchObject({ verdict: 'fail' });
  const same = counted(redisService, redisService);
  expect(await blastRadius(nothing, {}, both(same, meanwhile(start('redis-run-1'))))).toMatchObject({
    verdict: 'pass',
  });
  // Nothing shows if this process was there before the block.
  expect(await blastRadius(nothing, {}, both(around, wasDown))).toMatchObject({ verdict: 'inconclusive' });
});

test('does not hold against a block that the end of the fault starts Redis right after it', async () => {
  const silent = (event: HistoryEvent): readonly HistoryEvent[] => (event.type === 'redis.commands' ? [] : [event]);
  const around = counted(redisService, redisService);
  const healed = (event: HistoryEvent): readonly HistoryEvent[] =>
    event.arm === 'treatment' && event.type === 'procedure.ended' && event.address === recovery
      ? [event, start()({ ...event, t: event.t + 100 })]
      : [event];
  // Another block shows which service is Redis.
  const known = (event: HistoryEvent): readonly HistoryEvent[] =>
    event.type === 'arm.started' && event.arm === 'treatment'
      ? [
          event,
          { ...event, type: 'redis.commands', moment: 'before', address: 'x', runId: 'a', calls: {}, ...redisService },
        ]
      : [event];
  expect(await blastRadius(nothing, {}, both(around, silent, known, healed))).toMatchObject({ verdict: 'pass' });
});

test('finds a reset of the counts, and proves nothing if the scenario allows it', async () => {
  const reset = counted({ calls: { flushall: 2, 'config|resetstat': 1 } }, { calls: { 'config|resetstat': 1 } });
  expect(await blastRadius(nothing, {}, reset)).toMatchObject({
    verdict: 'fail',
    message: `${recovery} gave Redis the command CONFIG RESETSTAT, which the scenario does not allow`,
  });
  expect(await blastRadius({ ...nothing, redis: ['config|resetstat'] }, {}, reset)).toMatchObject({
    verdict: 'inconclusive',
  });
});
