import { expect, test } from 'vitest';

import type { Arm, HistoryEvent, Settings } from '../../history/events.ts';
import type { Check } from '../run-report.ts';
import { judgeEvents } from '../testing/judge-recording.ts';
import { file, pausedPlan, recordRun, setUp, type Recording } from '../testing/record-run.ts';

/** @param change replaces an event of the recording by these events */
async function blastRadius(
  recording: Recording,
  change: (event: HistoryEvent) => readonly HistoryEvent[] = (event) => [event],
): Promise<Check> {
  const { scenarios } = await judgeEvents(recordRun(recording).flatMap(change));
  const check = scenarios[0]?.checks.find(({ id }) => id === 'blast-radius');
  if (!check) throw new Error('there is no such check');
  return check;
}

const cure: Recording['cure'] = (world) => void (world.paused = false);

test('passes when a procedure touches nothing else', async () => {
  expect(await blastRadius({})).toMatchObject({ verdict: 'pass' });
});

test('fails, on the block, when an unaffected queue is left paused', async () => {
  expect(
    await blastRadius({ cure: (world) => void ([world.paused, world.restPaused] = [false, true]), drainS: 2 }),
  ).toMatchObject({
    verdict: 'fail',
    message: 'the queue rest (unaffected by the fault) is left paused',
    locations: [{ file, line: 30 }],
  });
});

test('passes when a queue was paused all along or is resumed in time', async () => {
  expect(await blastRadius({ beforeFault: (world) => void (world.restPaused = true) })).toMatchObject({
    verdict: 'pass',
  });
  const whileSettling: Recording['whileSettling'] = (world, second) => (world.restPaused = second < 20);
  expect(await blastRadius({ whileSettling })).toMatchObject({ verdict: 'pass' });
});

test('fails when something breaks only after the load has ended', async () => {
  const whileSettling: Recording['whileSettling'] = (world, second) => (world.restPaused = second > 91);
  expect(await blastRadius({ whileSettling })).toMatchObject({ verdict: 'fail' });
});

test.each([
  ['exited', 'worker-rest (unaffected by the fault) is left exited'],
  ['restarting', 'worker-rest (unaffected by the fault) is left restarting'],
])('fails when an unaffected service is left %s', async (restState, message) => {
  const found = await blastRadius({ cure: (world) => void ((world.paused = false), (world.restState = restState)) });
  expect(found).toMatchObject({ verdict: 'fail', message });
});

test('fails when an unaffected service is left with more containers than it had, or none', async () => {
  const scaled = (restContainers: number): Recording => ({
    cure: (world) => void ([world.paused, world.restContainers] = [false, restContainers]),
  });
  expect(await blastRadius(scaled(2))).toMatchObject({
    verdict: 'fail',
    message: 'worker-rest (unaffected by the fault) is left with 2 containers; it had 1',
    locations: [{ file, line: 30 }],
  });
  expect(await blastRadius(scaled(0))).toMatchObject({
    verdict: 'fail',
    message: 'worker-rest (unaffected by the fault) is gone',
  });
  const forAWhile: Recording['whileSettling'] = (world, second) => (world.restContainers = second < 20 ? 2 : 1);
  expect(await blastRadius({ cure, whileSettling: forAWhile })).toMatchObject({ verdict: 'pass' });
});

test('fails when a service keeps restarting, even if it is seen running', async () => {
  const restarting: Recording = {
    cure,
    whileSettling: (world, second) => (world.restRestarts = Math.floor(second / 10)),
  };
  expect(await blastRadius(restarting)).toMatchObject({
    verdict: 'fail',
    message: 'worker-rest (unaffected by the fault) keeps restarting',
  });
  const once: Recording = { cure, whileSettling: (world) => (world.restRestarts = 1) };
  expect(await blastRadius(once)).toMatchObject({ verdict: 'pass' });
});

test('fails, on the block, when an unaffected service is left with different settings', async () => {
  const changed = (change: Readonly<Record<string, string>>): Recording => ({
    cure: (world) => void ([world.paused, world.restSetUp] = [false, { ...setUp, ...change }]),
  });
  expect(await blastRadius(changed({ 'restart policy': 'no' }))).toMatchObject({
    verdict: 'fail',
    message: 'worker-rest (unaffected by the fault) is left with a different restart policy: no; it was unless-stopped',
    locations: [{ file, line: 30 }],
  });
  expect(await blastRadius(changed({ environment: '0c0d' }))).toMatchObject({
    verdict: 'fail',
    message: 'worker-rest (unaffected by the fault) is left with a different environment',
  });
  expect(await blastRadius(changed({ 'memory limit': '1024' }))).toMatchObject({ verdict: 'fail' });
  const forAWhile: Recording['whileSettling'] = (world, second) =>
    (world.restSetUp = second < 20 ? { ...setUp, 'restart policy': 'no' } : setUp);
  expect(await blastRadius({ cure, whileSettling: forAWhile })).toMatchObject({ verdict: 'pass' });
});

test('passes when an affected service is left with more than it had, and fails with less', async () => {
  const { health } = pausedPlan;
  const left = (change: Readonly<Record<string, string>>): Promise<Check> =>
    blastRadius({
      plan: { health: { ...health, services: ['worker-mail'] } },
      cure: (world) => void ([world.paused, world.workerSetUp] = [false, { ...setUp, ...change }]),
    });
  for (const more of ['1024', '0']) expect(await left({ 'memory limit': more })).toMatchObject({ verdict: 'pass' });
  expect(await left({ 'memory limit': '511' })).toMatchObject({
    verdict: 'fail',
    message: 'worker-mail is left with a different memory limit: 511; it was 512',
  });
  expect(await left({ 'limit of processes': '9' })).toMatchObject({ verdict: 'fail' });
  expect(await left({ 'restart policy': 'always' })).toMatchObject({ verdict: 'fail' });
});

test('does not blame the procedure for what the fault changed, unless the procedure made it worse', async () => {
  const less = { ...setUp, 'memory limit': '100' };
  const faultToo: Recording['faultToo'] = (world) => void (world.workerSetUp = less);
  expect(await blastRadius({ cure, faultToo })).toMatchObject({ verdict: 'pass' });
  const worse: Recording['cure'] = (world) =>
    void ([world.paused, world.workerSetUp] = [false, { ...setUp, 'memory limit': '99' }]);
  expect(await blastRadius({ cure: worse, faultToo })).toMatchObject({
    verdict: 'fail',
    message: 'worker-mail is left with a different memory limit: 99; it was 512',
  });
});

test('blames no procedure for settings if none ran', async () => {
  const faultToo: Recording['faultToo'] = (world) => void (world.restSetUp = { ...setUp, 'memory limit': '100' });
  const later: Recording['whileSettling'] = (world) => void (world.restSetUp = { ...setUp, 'memory limit': '99' });
  const recording: Recording = { cure, faultToo, whileSettling: later };
  expect(await blastRadius(recording)).toMatchObject({ verdict: 'fail' });
  const isOfProcedure = ({ type }: HistoryEvent): boolean => /^(?:procedure\.|command$)/.test(type);
  expect(await blastRadius(recording, (event) => (isOfProcedure(event) ? [] : [event]))).toMatchObject({
    verdict: 'pass',
  });
});

const laterS = '2026-01-01T00:05:00Z';
const restartsRest: Recording['cure'] = (world) => void ([world.paused, world.restStartedAt] = [false, laterS]);
const entered = (command: readonly string[], service = 'worker-rest'): NonNullable<Recording['wall']> => [
  { atMs: 10, outcome: 'entered', attempt: `run a command in ${service}`, service, command },
];

test('fails when a procedure ends an unaffected service from within', async () => {
  const kills: Recording = { cure: restartsRest, wall: entered(['kill', '1']) };
  expect(await blastRadius(kills)).toMatchObject({
    verdict: 'fail',
    message: 'worker-rest (unaffected by the fault) was restarted',
    locations: [{ file, line: 31 }],
  });
  const { health } = pausedPlan;
  const named = { health: { ...health, services: ['worker-rest'] } };
  expect(await blastRadius({ ...kills, plan: named })).toMatchObject({ verdict: 'pass' });
});

test('fails when a procedure restarts the service of an affected queue that the scenario does not name', async () => {
  const restarts: Recording['cure'] = (world) => void ([world.paused, world.workerStartedAt] = [false, laterS]);
  const commands = [{ text: 'docker compose exec worker-mail kill 1' }];
  expect(await blastRadius({ cure: restarts, commands })).toMatchObject({
    verdict: 'fail',
    message: 'worker-mail was restarted',
    locations: [{ file, line: 31 }],
  });
  const { health } = pausedPlan;
  expect(
    await blastRadius({ cure: restarts, commands, plan: { health: { ...health, services: ['worker-mail'] } } }),
  ).toMatchObject({ verdict: 'pass' });
});

test.each<readonly [what: string, recording: Recording, verdict: string]>([
  ['nothing', {}, 'pass'],
  ['a read in its container', { wall: entered(['redis-cli', 'ping']) }, 'pass'],
  ['a shell in its container', { wall: entered(['sh', '-c', 'kill 1']) }, 'fail'],
  ['commands that were not all recorded', { wall: entered(['…']) }, 'fail'],
  ['a command in another container', { wall: entered(['kill', '1'], 'worker-mail') }, 'pass'],
  ['a request over the network', { commands: [{ text: 'curl -X POST http://worker-rest/quit' }] }, 'fail'],
  ['a read over the network', { commands: [{ text: 'curl http://worker-rest/health', reads: 'worker-rest' }] }, 'pass'],
  ['a command that only prints its name', { commands: [{ text: 'echo worker-rest' }] }, 'pass'],
  ['a look at its logs', { commands: [{ text: 'docker compose logs worker-rest' }] }, 'pass'],
  ['a service of a similar name', { commands: [{ text: 'docker compose exec worker-rest-2 kill 1' }] }, 'pass'],
])('blames a block for a restart while it runs only with evidence: %s', async (_, recording, verdict) => {
  expect(await blastRadius({ cure: restartsRest, ...recording })).toMatchObject({ verdict });
});

test.each([
  ['pause', 'frozen'],
  ['stop', 'stopped'],
  ['kill', 'killed'],
  ['remove', 'removed'],
])('fails when the wall recorded an order to %s a service, whatever the containers show', async (order, was) => {
  const ordered =
    (service: string) =>
    (event: HistoryEvent): readonly HistoryEvent[] =>
      event.type === 'procedure.started' && event.purpose === 'recovery'
        ? [
            event,
            {
              ...event,
              type: 'wall',
              outcome: 'obeyed',
              attempt: `${order} ${service}`,
              message: 'passed on to the engine',
              service,
            },
          ]
        : [event];
  expect(await blastRadius({}, ordered('worker-rest'))).toMatchObject({
    verdict: 'fail',
    message: `worker-rest (unaffected by the fault) was ${was}`,
    locations: [{ file, line: 31 }],
  });
  const { health } = pausedPlan;
  const named = { plan: { health: { ...health, services: ['worker-rest'] } } };
  expect(await blastRadius(named, ordered('worker-rest'))).toMatchObject({ verdict: 'pass' });
});

test('fails when an affected queue breaks again after it was found healthy', async () => {
  const again: Recording['whileSettling'] = (world, second) => (world.paused = second > 60);
  expect(await blastRadius({ cure, whileSettling: again })).toMatchObject({
    verdict: 'fail',
    message: 'the queue mail is left paused',
  });
  expect(await blastRadius({ cure: () => undefined })).toMatchObject({ verdict: 'pass' });
});

test('does not blame the procedure for a restart long after it', async () => {
  const wall = entered(['kill', '1']);
  const whileSettling: Recording['whileSettling'] = (world, second) => {
    if (second === 40) world.restStartedAt = laterS;
  };
  expect(await blastRadius({ cure, wall, whileSettling })).toMatchObject({ verdict: 'pass' });
});

test.each<readonly [what: string, leaves: NonNullable<Recording['leaves']>, message: string]>([
  [
    'a new concurrency',
    { queues: { rest: { concurrency: '5' }, mail: { concurrency: '1' } } },
    'the queue mail is left with a global concurrency of 1',
  ],
  [
    'a different concurrency',
    { queues: { rest: { concurrency: '1' } } },
    'the queue rest is left with a global concurrency of 1; it was 5',
  ],
  ['no concurrency', { queues: {} }, 'the queue rest had a global concurrency of 5 and is left without'],
  [
    'another policy of Redis',
    { redis: { 'maxmemory-policy': 'allkeys-lru' } },
    'Redis is left with maxmemory-policy "allkeys-lru"; it was "noeviction"',
  ],
  [
    'another setting of Redis',
    { redis: { maxmemory: '8589934592', 'maxmemory-policy': 'noeviction', timeout: '30' } },
    'Redis is left with timeout "30"; it was unset',
  ],
  [
    'less memory for Redis',
    { redis: { maxmemory: '1073741824', 'maxmemory-policy': 'noeviction' } },
    'Redis is left with maxmemory "1073741824"; it was "8589934592"',
  ],
])('fails when the procedure leaves %s', async (_, leaves, message) => {
  expect(await blastRadius({ leaves })).toMatchObject({ verdict: 'fail', message });
});

const nightly = '0 3 * * *, jobs like 0a0b0c0d0e0f';
test.each<readonly [what: string, after: NonNullable<Settings['schedules']>, message: string | undefined]>([
  ['as they were', { rest: { report: nightly } }, undefined],
  ['without one', {}, `the queue rest is left without its schedule report (${nightly})`],
  [
    'with one that never runs again',
    { rest: { report: `${nightly}, no next job` } },
    `the queue rest is left with the schedule report: ${nightly}, no next job; it was: ${nightly}`,
  ],
  [
    'with a new one',
    { rest: { report: nightly }, mail: { ping: 'every 5 ms, jobs like 0f' } },
    'the queue mail is left with the schedule ping: every 5 ms, jobs like 0f, which it did not have',
  ],
])('judges schedules that a procedure leaves %s', async (_, after, message) => {
  const change = (event: HistoryEvent): readonly HistoryEvent[] =>
    event.type === 'settings'
      ? [{ ...event, schedules: event.moment === 'before' ? { rest: { report: nightly } } : after }]
      : [event];
  expect(await blastRadius({}, change)).toMatchObject(
    message === undefined ? { verdict: 'pass' } : { verdict: 'fail', message },
  );
});

test('judges a history without schedules as it was judged before', async () => {
  const change = (event: HistoryEvent): readonly HistoryEvent[] =>
    event.type === 'settings' && event.moment === 'before' ? [{ ...event, schedules: { rest: {} } }] : [event];
  expect(await blastRadius({}, change)).toMatchObject({ verdict: 'pass' });
});

test.each(['17179869184', '0'])(
  'passes with %s bytes of memory for Redis, which are more than before and may be a cure',
  async (maxmemory) => {
    const leaves = { redis: { maxmemory, 'maxmemory-policy': 'noeviction' } };
    expect(await blastRadius({ leaves })).toMatchObject({ verdict: 'pass' });
  },
);

test('passes when a block was the first client of a queue', async () => {
  const leaves = { queues: { rest: { concurrency: '5', 'opts.maxLenEvents': '10000' } } };
  expect(await blastRadius({ leaves })).toMatchObject({ verdict: 'pass' });
});

test('is inconclusive when something was not read', async () => {
  expect(await blastRadius({}, (event) => (event.type === 'settings' ? [] : [event]))).toMatchObject({
    verdict: 'inconclusive',
  });
  expect(await blastRadius({ leaves: { complete: false, message: 'READONLY' } })).toMatchObject({
    verdict: 'inconclusive',
    message: 'the settings of the queues and of Redis are not known (READONLY)',
  });
  const whileSettling: Recording['whileSettling'] = (world, second) => (world.redisUp = second < 20);
  expect(await blastRadius({ whileSettling })).toMatchObject({ verdict: 'inconclusive' });
});

/** Adds what each arm left in containers. */
const leaving =
  (left: Readonly<Partial<Record<Arm, string>>>) =>
  (event: HistoryEvent): readonly HistoryEvent[] => {
    const how = event.type === 'arm.ended' && event.arm ? left[event.arm] : undefined;
    if (how === undefined) return [event];
    return [{ ...event, type: 'left-behind', services: [{ service: 'worker-rest', how }] }, event];
  };

test('fails when a procedure leaves a file or a process in a container, unless the fault left it', async () => {
  const how = 'has 12 B in its own layer instead of 0 B';
  expect(await blastRadius({}, leaving({ treatment: how }))).toMatchObject({
    verdict: 'fail',
    message: `a procedure left something behind: worker-rest ${how}`,
  });
  expect(await blastRadius({}, leaving({ treatment: how, control: how }))).toMatchObject({ verdict: 'pass' });
  expect(await blastRadius({}, leaving({ control: how }))).toMatchObject({ verdict: 'pass' });
});

/** Each arm of these could not be looked at. */
const unreadIn =
  (...arms: readonly Arm[]) =>
  (event: HistoryEvent): readonly HistoryEvent[] =>
    event.type === 'arm.ended' && event.arm && arms.includes(event.arm)
      ? [{ ...event, type: 'left-behind', services: [], unread: 'the engine does not answer' }, event]
      : [event];

test('is inconclusive when the containers could not be looked at in the end', async () => {
  expect(await blastRadius({}, unreadIn('treatment'))).toMatchObject({
    verdict: 'inconclusive',
    message: 'what the procedures left behind is not known: the engine does not answer',
  });
  expect(await blastRadius({}, unreadIn('control'))).toMatchObject({ verdict: 'pass' });
  const left = leaving({ treatment: 'has 12 B in its own layer instead of 0 B' });
  const change = (event: HistoryEvent): readonly HistoryEvent[] => unreadIn('control')(event).flatMap(left);
  expect(await blastRadius({}, change)).toMatchObject({ verdict: 'inconclusive' });
  expect(
    await blastRadius(
      { cure: (world) => void ([world.paused, world.restPaused] = [false, true]) },
      unreadIn('treatment'),
    ),
  ).toMatchObject({ verdict: 'fail' });
});
