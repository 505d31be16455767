import { execFile, spawnSync } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

import { pollUntil } from '../src/kernel/poll-until.ts';
import { debriefSchema, type Debrief } from '../src/verdict/drill/debrief.ts';
import { projectDir, runDrillbook, type Outcome } from './support/run-drillbook.ts';
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

test.skipIf(!hasTmux)(
  'a person is asked for consent, plays in the same terminal, and gets it back with the scorecard',
  async () => {
    await using project = await createSmallProject();
    const server = `drillbook-e2e-${process.pid}`;
    const tmux = async (...args: readonly string[]): Promise<string> =>
      (await promisify(execFile)('tmux', ['-L', server, ...args])).stdout;
    const type = (line: string): Promise<string> => tmux('send-keys', '-t', 'drill', line, 'Enter');
    const seen = (shows: RegExp, withinMs = 60_000): Promise<string> =>
      pollUntil(
        async () => {
          const screen = await tmux('capture-pane', '-p', '-J', '-S', '-', '-t', 'drill');
          return shows.test(screen) && screen;
        },
        { what: `${String(shows)} on the screen`, withinMs, everyMs: 200 },
      );
    const command = [process.execPath, path.join(projectDir, 'bin/drillbook.mjs'), 'drill start --level 2'];
    const flags = '--scenario worker-down --time-scale 5 --quiet 15s --time-limit 2m';
    const shell = `stty -g; ${command.join(' ')} ${flags}; echo "ended with $?"; stty -g; sleep 60`;
    await tmux(
      '-f',
      '/dev/null',
      'new-session',
      '-d',
      '-s',
      'drill',
      '-x',
      '80',
      '-y',
      '24',
      '-c',
      project.directory,
      shell,
    );
    try {
      await seen(/Do you agree to be recorded/);
      await type('y');
      await seen(/oncall \S+ [$#] *$/m);
      await type('drill status');
      await seen(/sandbox clock/);
      await pollUntil(
        async () => {
          await type('');
          return /^PAGE 1: /m.test(await tmux('capture-pane', '-p', '-t', 'drill'));
        },
        { what: 'a page before the next prompt', withinMs: 60_000, everyMs: 1000 },
      );
      await type('drill ack; docker compose restart worker-nurturing && sleep 20 && drill resolved');
      const screen = await seen(/ended with \d+ *\n[0-9a-f:]+/, 120_000);
      expect(screen).toContain('ended with 0');
      expect(screen).toMatch(/^RECOVERED *$/m);
      const settings = screen.match(/^[0-9a-f]+(?::[0-9a-f]+){10,}/gm) ?? [];
      expect(settings).toHaveLength(2);
      expect(settings[1]).toBe(settings[0]);
    } finally {
      await tmux('kill-server');
    }
    expect(await sandboxObjects()).toEqual([]);
  },
);

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
