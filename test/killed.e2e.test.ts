import { access, readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';

import type { HistoryEvent } from '../src/history/events.ts';
import { readHistory } from '../src/history/reader.ts';
import { monotonicMs } from '../src/kernel/clock.ts';
import { pollUntil } from '../src/kernel/poll-until.ts';
import { readLease } from '../src/sandbox/lease.ts';
import { judge } from '../src/verdict/judge.ts';
import { runReportSchema, type RunReport } from '../src/verdict/run-report.ts';
import { startCanary } from './support/canary.ts';
import { followHistory, type FollowedHistory } from './support/follow-history.ts';
import { chooseKillPoints, measurePhases, stratumOf, type KillPoint, type Stratum } from './support/kill-points.ts';
import { residueOf } from './support/residue.ts';
import {
  projectDir,
  runDrillbook,
  startDrillbook,
  unhurried,
  unmet,
  type Outcome,
  type Started,
} from './support/run-drillbook.ts';
import { isFirstPart, sample } from './support/sample.ts';
import { createSmallProject, type SmallProject } from './support/small-project.ts';

const kills = 50;
/** After so many kills, one run may finish: it must clear up what they left. */
const finishEvery = 25;
const seed = Number(process.env['DRILLBOOK_KILL_SEED'] ?? 1);
const whole = ['verify', '--only', 'worker-down', '--time-scale', '20'];
/** Runs that must pass: a busy machine may be too slow for the time scale of `whole`. */
const short = ['verify', '--only', 'health', ...unhurried];
const passing = ['verify', '--only', 'worker-down', ...unhurried];

/**
 * The small fleet with two changes. Its health is checked four times as often, because a run mostly waits for that. Its
 * limits are so wide that a busy machine makes no scenario fail.
 */
async function createQuickProject(): Promise<SmallProject> {
  const compose = await readFixture('compose.yml');
  const scenario = await readFixture('scenarios/worker-down.scenario.ts');
  const project = await createSmallProject({
    'compose.yml': compose.replaceAll('interval: 1s', 'interval: 250ms'),
    'scenarios/worker-down.scenario.ts': scenario
      .replace("within: '60s'", "within: '10m', wedgeGrace: '10m'")
      .replace('  health:', '  jobs: { failed: 100_000 },\n  health:'),
  });
  const remove = async (): Promise<void> => {
    // A failed test may have left a dead run.
    await runDrillbook(['sandbox', 'clean'], { cwd: project.directory });
    await project[Symbol.asyncDispose]();
  };
  return { directory: project.directory, [Symbol.asyncDispose]: remove };
}

function readFixture(name: string): Promise<string> {
  return readFile(path.join(projectDir, 'fixtures/small-fleet', name), 'utf8');
}

interface Running extends AsyncDisposable {
  readonly run: Started;
  readonly history: FollowedHistory;
  /** Waits until the history holds such an event, or the run has ended. */
  sees(what: string, found: (event: HistoryEvent) => boolean): Promise<void>;
  kill(): Promise<Outcome>;
}

function start(project: string, args: readonly string[]): Running {
  const run = startDrillbook(args, { cwd: project });
  const history = followHistory(project, run.child.pid ?? 0);
  let ended = false;
  void run.ended.then(() => (ended = true));
  return {
    run,
    history,
    async sees(what, found) {
      const look = async (): Promise<boolean> => {
        const over = ended;
        await history.read();
        return over || history.events.some(found);
      };
      await pollUntil(look, { what, withinMs: 120_000, everyMs: 2 });
    },
    kill: () => {
      run.child.kill('SIGKILL');
      return run.ended;
    },
    [Symbol.asyncDispose]: async () => {
      await history[Symbol.asyncDispose]();
      await run[Symbol.asyncDispose]();
    },
  };
}

interface Dead {
  readonly folder: string;
  /** Id of its sandbox. */
  readonly id: string;
  /** The phase in which its history ends; undefined if the run was over. */
  readonly diedIn: Stratum | undefined;
}

/** Starts a run and kills it at a point. @returns undefined if it ended before that */
async function killAt(project: string, point: KillPoint, before: () => Promise<void>): Promise<Dead | undefined> {
  await using running = start(project, whole);
  const { history, run } = running;
  await running.sees('the first event', () => true);
  const { folder = '' } = history;
  const id = (await readLease(folder))?.id;
  if (id === undefined) throw new Error(`a run has a history but no lease in its folder: ${folder}`);
  // A run that dies in `load` may not have cleared anything yet. The run after it is checked instead.
  if (point.stratum !== 'load') {
    await running.sees('the end of the phase load', (event) => event.type === 'phase.ended' && event.phase === 'load');
    await before();
  }
  await running.sees(
    `the phase ${point.stratum}`,
    (event) => event.type === 'phase.started' && stratumOf(event) === point.stratum,
  );
  const deadline = monotonicMs() + point.afterMs;
  await pollUntil(() => monotonicMs() >= deadline, { what: 'the point', withinMs: point.afterMs + 30_000, everyMs: 1 });
  await running.kill();
  if (run.child.signalCode !== 'SIGKILL') return undefined;
  await history.read();
  const { events } = history;
  const last = events.findLast((event) => event.type === 'phase.started');
  const isEnded = events.some(({ type }) => type === 'run.ended');
  return { folder, id, diedIn: isEnded || !last ? undefined : stratumOf(last) };
}

/** The message of `whole-run` for a killed run, computed here from its last events. */
function expectedWords(events: readonly HistoryEvent[]): unknown {
  const last = events.findLast((event) => event.type === 'phase.started');
  const later = events.slice(last ? events.indexOf(last) + 1 : 0);
  const isOver = later.some((event) => event.type === 'phase.ended' && event.phase === last?.phase);
  const whose = last?.arm === undefined ? '' : ` of worker-down \\(${last.arm} arm\\)`;
  const where = last ? `${isOver ? 'after' : 'in'} phase \`${last.phase}\`${whose}` : 'before its first phase';
  // "is cut off": the kill came while the last line was written.
  return expect.stringMatching(new RegExp(`^the history (ends ${where}, before the run did|is cut off ${where})$`));
}

async function eventsOf(folder: string): Promise<readonly HistoryEvent[]> {
  const events: HistoryEvent[] = [];
  for await (const event of readHistory(path.join(folder, 'history.jsonl'))) events.push(event);
  return events;
}

async function checkVerdict({ folder, diedIn }: Dead, say: string): Promise<void> {
  const report = await judge(readHistory(path.join(folder, 'history.jsonl')));
  const found = report.checks.find(({ id }) => id === 'whole-run');
  const isWhole = { verdict: 'pass', message: 'the history reaches from the start of the run to its end' };
  const isCut = { verdict: 'inconclusive', message: expectedWords(await eventsOf(folder)) };
  expect(found, say).toMatchObject(diedIn === undefined ? isWhole : isCut);
  // A check that failed before the kill stays failed; a busy machine makes some fail. That the kill itself fails none
  // is
  // tested beside the judge, with a history cut at every share.
  const failed = unmet(report.scenarios.flatMap(({ checks }) => checks.filter(({ verdict }) => verdict === 'fail')));
  const died = Object.keys(failed).length > 0 ? 'fail' : 'inconclusive';
  expect(report.verdict, say).toBe(diedIn === undefined ? report.verdict : died);
}

async function reportIn(folder: string): Promise<RunReport> {
  return runReportSchema.parse(JSON.parse(await readFile(path.join(folder, 'report.json'), 'utf8')));
}

/** Checks that a later run has cleared up after a dead one: only its history is left, and it is judged. */
async function checkCleared(project: string, { folder, id }: Dead, say: string): Promise<void> {
  expect(await residueOf(project, id), say).toEqual([]);
  expect(await readLease(folder), say).toBeUndefined();
  const judged = await judge(readHistory(path.join(folder, 'history.jsonl')));
  const { generatedAt } = judged;
  expect({ ...(await reportIn(folder)), generatedAt }, say).toEqual(judged);
}

test('a run killed at any point is judged, and the next start clears what it left', async () => {
  await using project = await createQuickProject();
  await using canary = await startCanary(project.directory);
  const { directory } = project;
  const unharmed = await canary.look();

  const measured = start(directory, whole);
  const outcome = await measured.run.ended;
  await measured.history.read();
  const { events } = measured.history;
  await measured[Symbol.asyncDispose]();
  const text = outcome.stdout + outcome.stderr;
  expect(
    events.map((event) => (event.type === 'phase.started' ? stratumOf(event) : '')),
    text,
  ).toContain('control settle');
  const phases = measurePhases(events, (events.at(-1)?.t ?? 0) + 100);
  const all = [...chooseKillPoints(phases, kills, seed).entries()];
  expect(all).toHaveLength(kills);
  const points = sample('killed', all, ([index, { stratum }]) => `${index} in ${stratum}`);

  const diedIn = new Map<Stratum | undefined, number>();
  let uncleared: Dead[] = [];
  let escaped = 0;
  for (const [turn, [index, point]] of points.entries()) {
    const isLast = turn + 1 === points.length;
    const say = `DRILLBOOK_KILL_SEED=${seed}, kill ${index}: ${Math.round(point.afterMs)} ms into ${point.stratum}`;
    const dead = await killAt(directory, point, async () => {
      for (const one of uncleared) await checkCleared(directory, one, `${say}; the kill before`);
      uncleared = [];
    }).catch((error: unknown) => {
      throw new Error(say, { cause: error });
    });
    if (!dead) escaped += 1;
    else {
      diedIn.set(dead.diedIn, (diedIn.get(dead.diedIn) ?? 0) + 1);
      await checkVerdict(dead, say);
      uncleared.push(dead);
    }
    if (!isLast && (turn + 1) % finishEvery !== 0) continue;
    const finished = await runDrillbook(isLast ? passing : short, { cwd: directory });
    expect(finished.code, `${say}; the next run\n${finished.stdout}${finished.stderr}`).toBe(0);
    for (const one of uncleared) await checkCleared(directory, one, say);
    uncleared = [];
    expect(await residueOf(directory), `${say}; the next run`).toEqual([]);
    expect(await canary.look()).toEqual(unharmed);
  }
  // A run may end before the kill, if the machine is faster than during the measurement.
  expect(escaped).toBeLessThan(points.length / 2);
  const long = [...phases].filter(([stratum, ms]) => ms > 500 && stratum !== 'judge').map(([stratum]) => stratum);
  expect(long.length).toBeGreaterThan(6);
  // A machine that is faster or slower than during the measurement kills the run in a neighbouring phase.
  const aims = long.filter((stratum) => points.some(([, point]) => point.stratum === stratum));
  const missed = aims.filter((stratum) => !diedIn.has(stratum));
  expect(missed.length, `DRILLBOOK_KILL_SEED=${seed}; nothing died in ${missed.join(', ')}`).toBeLessThanOrEqual(
    aims.length / 2,
  );
}, 1_500_000);

test.runIf(isFirstPart)(
  'if one of two parallel runs is killed, a third run clears what it left, and the other one passes',
  async () => {
    await using project = await createQuickProject();
    await using canary = await startCanary(project.directory);
    const { directory } = project;
    const unharmed = await canary.look();
    await using dies = start(directory, passing);
    await using lives = start(directory, passing);
    for (const run of [dies, lives])
      await run.sees('the baseline', (event) => event.type === 'phase.started' && event.phase === 'baseline');
    const [dead, living] = await Promise.all(
      [dies, lives].map(async ({ history }) => (await readLease(history.folder ?? ''))?.id ?? 'none'),
    );
    await dies.kill();
    const livingBefore = await residueOf(directory, living);
    expect(await residueOf(directory, dead)).not.toEqual([]);

    await using third = start(directory, short);
    await third.sees('the end of the phase load', (event) => event.type === 'phase.ended' && event.phase === 'load');
    expect(await residueOf(directory, dead)).toEqual([]);
    const namesOf = (lines: readonly string[]): readonly string[] =>
      lines.map((line) => line.split(' ')[1] ?? line).toSorted();
    expect(namesOf(await residueOf(directory, living))).toEqual(namesOf(livingBefore));
    expect(livingBefore.length).toBeGreaterThan(6);

    const [outcome, after] = await Promise.all([lives.run.ended, third.run.ended]);
    const report = await reportIn(lives.history.folder ?? '');
    expect(unmet([...report.checks, ...report.scenarios.flatMap(({ checks }) => checks)])).toEqual({});
    expect([outcome.code, after.code], after.stdout).toEqual([0, 0]);
    expect(await residueOf(directory)).toEqual([]);
    expect(await canary.look()).toEqual(unharmed);
  },
);

test.runIf(isFirstPart)(
  '`sandbox` commands clear the sandbox of a dead owner, refuse that of a living one, and keep one that is left up',
  async () => {
    await using project = await createQuickProject();
    await using canary = await startCanary(project.directory);
    const { directory: cwd } = project;
    const unharmed = await canary.look();
    await using killed = startDrillbook(['sandbox', 'up'], { cwd });
    const idOf = (lines: readonly string[]): string => lines.find((line) => /^[0-9a-f]{8}$/.test(line)) ?? '';
    const id = await pollUntil(
      async () => {
        const lines = await residueOf(cwd);
        return lines.some((line) => line.includes(' ')) ? idOf(lines) : undefined;
      },
      { what: 'the first object of the sandbox', withinMs: 60_000 },
    );
    // Stopped, the owner lives, and its sandbox does not come up meanwhile.
    killed.child.kill('SIGSTOP');
    const refused = await runDrillbook(['sandbox', 'down'], { cwd });
    expect(refused).toMatchObject({ code: 64, stderr: expect.stringContaining('still runs') as string });
    expect(await runDrillbook(['sandbox', 'clean'], { cwd })).toMatchObject({ code: 0, stdout: 'nothing to remove\n' });
    killed.child.kill('SIGKILL');
    await killed.ended;

    const ill = await runDrillbook(['doctor', '--json'], { cwd });
    expect(JSON.parse(ill.stdout)).toContainEqual({
      what: 'sandboxes',
      ok: false,
      found: expect.stringMatching(
        new RegExp(`${id} \\(left by a run that died: \`drillbook sandbox up\` of `),
      ) as string,
      next: 'drillbook sandbox clean',
    });
    const up = await runDrillbook(['sandbox', 'up'], { cwd });
    expect(up, up.stderr).toMatchObject({
      code: 0,
      stderr: expect.stringContaining(`removed the sandbox ${id}`) as string,
    });
    expect(await residueOf(cwd, id)).toEqual([]);
    const kept = /^sandbox (\w+) is up/.exec(up.stdout)?.[1] ?? 'none';

    const keeping = await runDrillbook([...short, '--keep'], { cwd });
    const other = /^kept: drillbook-(\w+);/m.exec(keeping.stderr)?.[1] ?? 'none';
    expect(keeping.code, keeping.stderr).toBe(0);
    for (const one of [kept, other]) expect((await residueOf(cwd, one)).length, one).toBeGreaterThan(6);
    expect(await runDrillbook(['sandbox', 'down', kept], { cwd })).toMatchObject({ code: 0 });
    expect(await residueOf(cwd, kept)).toEqual([]);
    expect(await runDrillbook(['sandbox', 'clean'], { cwd })).toMatchObject({
      stdout: `removed the sandbox ${other}\n`,
    });
    expect(await residueOf(cwd)).toEqual([]);
    expect(await canary.look()).toEqual(unharmed);
  },
);

test.runIf(isFirstPart)('a run that recorded nothing cannot be judged', async () => {
  await using project = await createSmallProject({
    'reports/empty/history.jsonl': '',
    'reports/torn/history.jsonl': '{"se',
  });
  for (const run of ['empty', 'torn']) {
    const { code, stderr } = await runDrillbook(['judge', `reports/${run}`], { cwd: project.directory });
    expect(stderr).toMatch(
      /history.jsonl:1: the history does not begin with `run.started`; the run died before it began/,
    );
    expect(code).toBe(64);
    await expect(access(path.join(project.directory, 'reports', run, 'report.json'))).rejects.toThrow('ENOENT');
  }
});
