import { execFile, spawnSync } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

import { pollUntil, waitOut } from '../src/kernel/poll-until.ts';
import { debriefSchema, type Debrief } from '../src/verdict/drill/debrief.ts';
import { projectDir, runDrillbook, type Outcome } from './support/run-drillbook.ts';
import { isDeep } from './support/sample.ts';
import { sandboxObjects } from './support/sandbox-objects.ts';
import { createSmallProject } from './support/small-project.ts';

interface Drilled extends Outcome {
  readonly debrief: Debrief;
  readonly folder: string;
}

/** Lets a robot play the scenario of the small fleet. */
async function drill(cwd: string, args: readonly string[]): Promise<Drilled> {
  const common = ['--scenario', 'worker-down', '--yes', '--time-scale', '5', '--quiet', '15s'];
  const outcome = await runDrillbook(['drill', 'start', ...common, ...args], { cwd });
  const named = /^debrief: (.+)$/m.exec(outcome.stderr)?.[1];
  if (named === undefined) throw new Error(`no debrief; exit ${outcome.code}\n${outcome.stdout}\n${outcome.stderr}`);
  const folder = path.resolve(cwd, named);
  const debrief = debriefSchema.parse(JSON.parse(await readFile(path.join(folder, 'debrief.json'), 'utf8')));
  return { ...outcome, debrief, folder };
}

test('a robot that knows the cure recovers the fleet by typing, and one that does nothing does not', async () => {
  await using project = await createSmallProject();
  const cwd = project.directory;
  const perfect = await drill(cwd, ['--bot', 'perfect', '--time-limit', '3m']);
  expect(perfect.debrief).toMatchObject({
    outcome: 'recovered',
    detectedBy: 'page',
    actions: [],
    items: expect.any(Array) as [],
  });
  expect(perfect.code).toBe(0);
  expect(perfect.debrief.milestones.filter(({ at }) => at === null)).toEqual([]);
  expect(perfect.debrief.commands.map(({ kind }) => kind)).toContain('verbatim');
  expect(perfect.debrief.ledger).toMatchObject({ whole: true, lost: 0 });
  expect(perfect.stderr).not.toContain('worker-down');
  await expectSameDebrief(perfect.folder);

  const idle = await drill(cwd, ['--bot', 'idle', '--time-limit', '20s']);
  expect(idle.debrief).toMatchObject({ endedBy: 'time-limit', detectedBy: null, ledger: { lost: 0 } });
  // On a machine that is too busy the loss proves nothing. It is never a recovery.
  const outcome = `${idle.code} ${idle.debrief.outcome}`;
  expect(['1 not-recovered', '2 inconclusive']).toContain(outcome);
  expect(await sandboxObjects()).toEqual([]);
});

const hasTmux = spawnSync('tmux', ['-V']).status === 0;

interface Screen extends AsyncDisposable {
  type(line: string): Promise<unknown>;
  /** All that the terminal has shown, as soon as it matches. */
  seen(shows: RegExp, withinMs?: number): Promise<string>;
  /** Presses Enter until a page stands before the prompt. */
  awaitPage(): Promise<void>;
}

/** A person at a terminal of 80×24 who starts the drill of the small fleet. */
async function sitDown(cwd: string, flags: string): Promise<Screen> {
  const server = `drillbook-e2e-${process.pid}`;
  const tmux = async (...args: readonly string[]): Promise<string> =>
    (await promisify(execFile)('tmux', ['-L', server, ...args])).stdout;
  const command = [process.execPath, path.join(projectDir, 'bin/drillbook.mjs'), 'drill start --scenario worker-down'];
  const shell = `stty -g; ${command.join(' ')} ${flags}; echo "ended with $?"; stty -g; sleep 60`;
  const size = ['-x', '80', '-y', '24'];
  await tmux('-f', '/dev/null', 'new-session', '-d', '-s', 'drill', ...size, '-c', cwd, shell);
  const type = (line: string): Promise<string> => tmux('send-keys', '-t', 'drill', line, 'Enter');
  return {
    type,
    seen: (shows, withinMs = 60_000) =>
      pollUntil(
        async () => {
          const screen = await tmux('capture-pane', '-p', '-J', '-S', '-', '-t', 'drill');
          return shows.test(screen) && screen;
        },
        { what: `${String(shows)} on the screen`, withinMs, everyMs: 200 },
      ),
    async awaitPage() {
      await pollUntil(
        async () => {
          await type('');
          return /^PAGE 1: /m.test(await tmux('capture-pane', '-p', '-t', 'drill'));
        },
        { what: 'a page before the next prompt', withinMs: 60_000, everyMs: 1000 },
      );
    },
    [Symbol.asyncDispose]: async () => void (await tmux('kill-server')),
  };
}

const cure = 'docker compose restart worker-nurturing && sleep 20 && drill resolved';

test.skipIf(!hasTmux)(
  'a person is asked for consent, plays in the same terminal, and gets it back with the scorecard',
  async () => {
    await using project = await createSmallProject();
    {
      const flags = '--level 2 --time-scale 5 --quiet 15s --time-limit 2m';
      await using terminal = await sitDown(project.directory, flags);
      await terminal.seen(/Do you agree to be recorded/);
      await terminal.type('y');
      await terminal.seen(/oncall \S+ [$#] *$/m);
      await terminal.type('drill status');
      await terminal.seen(/sandbox clock/);
      await terminal.awaitPage();
      await terminal.type(`drill ack; ${cure}`);
      const screen = await terminal.seen(/ended with \d+ *\n[0-9a-f:]+/, 120_000);
      expect(screen).toContain('ended with 0');
      expect(screen).toMatch(/^RECOVERED *$/m);
      const settings = screen.match(/^[0-9a-f]+(?::[0-9a-f]+){10,}/gm) ?? [];
      expect(settings).toHaveLength(2);
      expect(settings[1]).toBe(settings[0]);
    }
    expect(await sandboxObjects()).toEqual([]);
  },
);

/** What the clock shows in containers of the sandbox, ms. */
async function clocksIn(sandbox: string): Promise<readonly number[]> {
  const services = ['worker-nurturing-1', 'redis-1', 'operator'];
  return Promise.all(
    services.map(async (name) => {
      const args = ['exec', `drillbook-${sandbox}-${name}`, 'date', '+%s%3N'];
      return Number((await promisify(execFile)('docker', args)).stdout);
    }),
  );
}

test.skipIf(!hasTmux)('a pause stops the clock of the fleet, and harms no job', async () => {
  await using project = await createSmallProject();
  const cwd = project.directory;
  const pausedMs = isDeep ? 60_000 : 10_000;
  const order = async (verb: string): Promise<string> => (await runDrillbook(['drill', verb], { cwd })).stdout;
  {
    // The fleet still works during the quiet time.
    await using terminal = await sitDown(cwd, '--yes --time-scale 5 --quiet 120s --time-limit 3m');
    await terminal.seen(/oncall \S+ [$#] *$/m);
    const [sandbox = ''] = await readdir(path.join(cwd, '.drillbook/sandboxes'));
    expect(await order('resume')).toBe('');
    expect(await order('pause')).toMatch(/^paused/);
    const before = await clocksIn(sandbox);
    await terminal.type('echo not for the shell');
    await waitOut(pausedMs);
    const after = await clocksIn(sandbox);
    for (const [index, ms] of after.entries()) expect(ms - (before[index] ?? 0)).toBeLessThanOrEqual(1000);
    expect(await order('resume')).toMatch(/^the drill goes on/);
    await terminal.awaitPage();
    await terminal.type(cure);
    const screen = await terminal.seen(/ended with \d+/, 180_000);
    expect(screen).not.toContain('not for the shell');
    expect(screen).toContain('ended with 0');
  }
  const [run = ''] = await readdir(path.join(cwd, 'reports'));
  const folder = path.join(cwd, 'reports', run);
  const debrief = debriefSchema.parse(JSON.parse(await readFile(path.join(folder, 'debrief.json'), 'utf8')));
  expect(debrief).toMatchObject({ outcome: 'recovered', ledger: { whole: true, lost: 0 } });
  const stops = debrief.timeline.flatMap(({ text, at }) => (/paused|goes on/.test(text) ? [at.realMs] : []));
  expect(stops).toHaveLength(2);
  expect((stops[1] ?? 0) - (stops[0] ?? 0)).toBeGreaterThanOrEqual(pausedMs);
  const history = await readFile(path.join(folder, 'history.jsonl'), 'utf8');
  // No worker lost a lock, and none had to be restarted, before the fault.
  const untilFault = history.slice(0, history.indexOf('"fault.injecting"'));
  expect(untilFault).not.toMatch(/"stalled":\["/);
  expect(untilFault).not.toMatch(/"action":"health_status: unhealthy"|"action":"die"/);
  await expectSameDebrief(folder);
  expect(await sandboxObjects()).toEqual([]);
});

/** From a copy of the record the judge writes the same bytes, and refuses a history whose seal was changed. */
async function expectSameDebrief(folder: string): Promise<void> {
  const copy = await mkdtemp(path.join(tmpdir(), 'drillbook-debrief-'));
  try {
    const history = path.join(copy, 'history.jsonl');
    await cp(path.join(folder, 'history.jsonl'), history);
    // The page plays the recording of the terminal; all else follows from the history.
    await cp(path.join(folder, 'player.cast'), path.join(copy, 'player.cast'));
    expect(await runDrillbook(['drill', 'judge', copy])).toMatchObject({ code: 0 });
    for (const name of ['debrief.json', 'debrief.html', 'postmortem.md'])
      // Not the texts themselves: the difference of two pages would fill the log.
      expect((await readFile(path.join(copy, name))).equals(await readFile(path.join(folder, name))), name).toBe(true);
    const text = await readFile(history, 'utf8');
    await writeFile(
      history,
      text.replace(/("nonce":")(.)/, (_, key: string, first: string) => key + (first === '0' ? '1' : '0')),
    );
    expect(await runDrillbook(['drill', 'judge', copy])).toMatchObject({
      code: 64,
      stderr: expect.stringContaining('DRILL_SEAL') as string,
    });
  } finally {
    await rm(copy, { recursive: true });
  }
}
