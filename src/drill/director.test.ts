import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';

import type { ArmContext } from '../arm/arm-context.ts';
import {
  playerAddress,
  type EventBody,
  type HerringKind,
  type HistoryEvent,
  type ScenarioPlan,
} from '../history/events.ts';
import { createRedaction, redactedMark } from '../history/redaction.ts';
import { createClock, startPieces, type AdjustableClock } from '../kernel/clock.ts';
import type { InputError } from '../kernel/errors.ts';
import { waitOut } from '../kernel/poll-until.ts';
import { parseRunbook } from '../runbook/parse-runbook.ts';
import type { RateSetter } from '../sandbox/clock-file.ts';
import { baseRun, pausedPlan } from '../verdict/testing/sample-run.ts';
import { Director } from './director.ts';
import { giveOrder } from './give-order.ts';
import { redactEvent } from './redact-event.ts';
import { createRobotTerminal } from './robot-terminal.ts';
import type { RobotTask } from './robots/robot.ts';
import type { Terminal, TerminalHandlers } from './terminal.ts';
import { createLocalOperator } from './testing/local-operator.ts';

interface Played {
  /** Why it broke off. */
  readonly reason: string | undefined;
  /** The director let the arm inject the fault. */
  readonly wasBroken: boolean;
  readonly events: readonly EventBody[];
  readonly cast: string;
}

interface Circumstances {
  readonly fault?: boolean;
  readonly quietMs?: number;
  readonly signal?: AbortSignal;
  readonly redact?: readonly RegExp[];
  readonly manual?: boolean;
  readonly herring?: HerringKind;
  /** Runs a command in a container of the fleet. */
  readonly exec?: (service: string, argv: readonly string[]) => Promise<string>;
  /** What a facilitator does as soon as an event of this type was recorded. `folder` is that of the record. */
  readonly meanwhile?: { readonly at: EventBody['type']; readonly act: (folder: string) => Promise<void> };
}

/** Lets a robot play against a world that the shell changes by files. */
async function play(
  player: RobotTask | Terminal,
  timeLimitMs: number,
  {
    fault = true,
    quietMs = 1,
    signal = AbortSignal.timeout(60_000),
    redact = [],
    manual = false,
    meanwhile,
    herring,
    exec,
  }: Circumstances = {},
): Promise<Played> {
  const folder = await mkdtemp(path.join(tmpdir(), 'drillbook-director-'));
  try {
    await using operator = await createLocalOperator(folder);
    const clock = createClock(startPieces(60, Date.now(), process.hrtime.bigint()), false);
    const run = { ...baseRun, timeScale: 60 };
    const events: EventBody[] = [];
    const acting: Promise<void>[] = [];
    const runbook = await parseRunbook(runbookText, path.join(folder, 'runbook.md'));
    await writeFile(runbook.file, runbookText);
    const plan: ScenarioPlan = { ...pausedPlan, symptoms: [] };
    const director = new Director({
      run,
      plan,
      runbook,
      level: 1,
      quietMs,
      manual,
      herring,
      timeLimitMs,
      terminal: 'name' in player ? createRobotTerminal(player, () => undefined) : player,
      plain: false,
    });
    const config = {
      services: { redis: 'redis', api: 'api', effects: 'apis', workers: ['worker-mail', 'worker-rest'] },
    };
    const context = {
      emit: (event: EventBody) => {
        events.push(event);
        if (event.type === meanwhile?.at) acting.push(meanwhile.act(folder));
      },
      fleet: { sandbox: { operator, clock, exec, openRates: () => setterOf(clock) }, config },
      scenario: { plan, fault: fault ? { kind: 'queues-paused' } : undefined, recovery: [], diagnosis: [] },
      castDir: folder,
      redaction: redact.length === 0 ? undefined : createRedaction(redact, redactEvent),
      projectDir: folder,
    } as unknown as ArmContext;
    const [first, ...later] = crossedThreshold();
    // As in an arm: its first sample is full and comes long before the incident.
    if (first) director.apply(first);
    let [wasBroken, reason]: [boolean, string | undefined] = [false, undefined];
    const onBroken = (): void => void (wasBroken = true);
    await playArm(director, context, signal, { incident: fault ? later : [], onBroken }).catch((error: unknown) => {
      reason = String(error);
    });
    await Promise.all(acting);
    await director.leave();
    return { reason, wasBroken, events, cast: await readFile(path.join(folder, 'player.cast'), 'utf8') };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Changes a clock that no program follows. */
function setterOf(clock: AdjustableClock): RateSetter {
  return {
    set(rate) {
      const [first, ...rest] = clock.pieces.pieces;
      const atNs = process.hrtime.bigint();
      clock.adopt({ ...clock.pieces, pieces: [first, ...rest, { startNs: atNs, rate }] });
      return Promise.resolve({ rate, atNs, publishedNs: atNs });
    },
    [Symbol.dispose]: () => undefined,
  };
}

/** The same order as in an arm (`src/arm/respond.ts`). */
async function playArm(
  director: Director,
  context: ArmContext,
  signal: AbortSignal,
  { incident, onBroken }: { readonly incident: readonly HistoryEvent[]; readonly onBroken: () => void },
): Promise<void> {
  if (!(await director.awaitIncident(context, signal))) return;
  onBroken();
  const responding = director.respond(context, signal);
  for (const event of incident) director.apply(event);
  await responding;
}

const runbookText = `# Runbook

## 3. Failures

### 3.2 Queue paused

**Solution:**

\`\`\`bash
touch 'resumed.txt'
test -e resumed.txt
\`\`\`
`;

/** So many jobs wait that the alert threshold of the table is crossed for half a minute. */
function* crossedThreshold(): Generator<HistoryEvent> {
  const row = [6000, 1, 0, 0, 0, 0, 0, 0, 0, 0] as const;
  const proved = { type: 'fault.proved', kind: 'x', bit: true, evidence: 'seen' } as const;
  yield { seq: 0, t: 0, s: 0, type: 'sample', full: true, queues: { mail: row } };
  yield { seq: 1, t: 1, s: 1, ...proved };
  for (let second = 1; second <= 30; second += 1)
    yield { seq: second + 1, t: second * 1000, s: second * 1000, type: 'sample', full: false, queues: {} };
}

const cure = { code: "touch 'resumed.txt'\ntest -e resumed.txt\n", answers: [] };

test('a robot reacts to the page by typing, and each of its words and lines is recorded', async () => {
  const knows = { section: '3.2', component: 'mail', cure: [cure], lookAgainS: 0 };
  const { events, cast, wasBroken } = await play({ name: 'perfect', knows }, 50_000);
  expect(wasBroken).toBe(true);
  const types = events.map(({ type }) => type).filter((type) => type !== 'player.command');
  expect(types).toEqual([
    'player.shell',
    'drill.quiet',
    'page.sent',
    'player.acked',
    'player.declared',
    'player.found',
    'player.ended',
    'drill.over',
    'player.shell',
  ]);
  expect(events).toContainEqual(
    expect.objectContaining({
      type: 'page.sent',
      source: 'threshold',
      text: 'waiting jobs of the fleet: 6000 (alert: > 5000), queue mail; runbook 3.2',
    }),
  );
  const lines = events.filter((event) => event.type === 'player.command');
  // A pasted block is recorded line by line, each with its own exit code.
  for (const line of ["touch 'resumed.txt'", 'test -e resumed.txt'])
    expect(lines).toContainEqual(
      expect.objectContaining({ line, exitCode: 0, runbook: [expect.objectContaining({ how: 'verbatim' })] }),
    );
  expect(lines.at(-1)).toMatchObject({ line: 'drill resolved', exitCode: 0 });
  expect(cast).toMatch(/"m","PAGE 1: /);
  // Nothing tells right from wrong before the end.
  expect(cast).not.toMatch(/right|wrong|correct/i);
});

test('a robot that does nothing is ended by the time limit', async () => {
  const { events } = await play({ name: 'idle' }, 1500);
  expect(events.filter(({ type }) => type === 'drill.over')).toEqual([{ type: 'drill.over', why: 'time-limit' }]);
  expect(events.some(({ type }) => type === 'player.ended')).toBe(false);
});

test('without a fault a page comes all the same, with a true figure, and one may stand down', async () => {
  const { events } = await play({ name: 'perfect' }, 50_000, { fault: false });
  expect(events).toContainEqual(expect.objectContaining({ type: 'page.sent', source: 'routine' }));
  expect(events).toContainEqual({ type: 'player.ended', how: 'stood-down' });
  expect(events).toContainEqual({ type: 'drill.over', why: 'stood-down' });
});

test('an interrupt ends the shell, and the drill is over for no reason of the player', async () => {
  const interrupt = new AbortController();
  setTimeout(() => interrupt.abort(new Error('interrupted by SIGTERM')), 1500);
  const { events, reason } = await play({ name: 'idle' }, 50_000, { signal: interrupt.signal });
  expect(reason).toContain('interrupted by SIGTERM');
  expect(events.at(-1)).toMatchObject({ type: 'player.shell', state: 'ended' });
  expect(events.some(({ type }) => type === 'drill.over')).toBe(false);
});

/** Types one line at the first prompt. */
function typeOnce(line: string): Terminal & { readonly shown: () => string; readonly type: (line: string) => void } {
  let onKeys: TerminalHandlers['onKeys'] = () => undefined;
  let isTyped = false;
  let shown = '';
  return {
    shown: () => shown,
    type: (text) => onKeys(Buffer.from(`${text}\r`)),
    size: () => ({ rows: 24, cols: 80 }),
    open(handlers) {
      onKeys = handlers.onKeys;
    },
    write(output) {
      shown += Buffer.from(output).toString();
      if (isTyped || !/oncall/.test(shown)) return;
      isTyped = true;
      onKeys(Buffer.from(`${line}\r`));
    },
    close: () => undefined,
  };
}

test('a drill that the player ends in the quiet time breaks nothing', async () => {
  const { events, wasBroken } = await play(typeOnce('drill giveup'), 50_000, { quietMs: 60 * 50_000 });
  expect(wasBroken).toBe(false);
  expect(events).toContainEqual({ type: 'drill.over', why: 'gave-up' });
  expect(events.some(({ type }) => type === 'page.sent')).toBe(false);
});

test('the player sees what was typed, and the recording does not hold what a pattern matches', async () => {
  const player = typeOnce('echo token=s3cr3t-$((40 + 2)); drill giveup');
  const { cast } = await play(player, 50_000, { quietMs: 60 * 50_000, redact: [/(?<=token=)\S+/] });
  const output = cast
    .split('\n')
    .slice(1, -1)
    .map((line) => (JSON.parse(line) as [number, string, string])[2])
    .join('');
  expect(player.shown()).toContain('token=s3cr3t-42');
  expect(output).not.toContain('s3cr3t');
  expect(output.split(`token=${redactedMark}`).length).toBeGreaterThan(2);
});

test('the incident waits for the order of a facilitator, and the second one is refused', async () => {
  const answers: unknown[] = [];
  const act = async (folder: string): Promise<void> => {
    for (const by of ['ana', 'ben'])
      answers.push(await giveOrder(folder, 'inject', [by]).catch(({ code, message }: InputError) => [code, message]));
  };
  const { events } = await play({ name: 'perfect' }, 50_000, {
    fault: false,
    manual: true,
    quietMs: 60 * 50_000,
    meanwhile: { at: 'drill.quiet', act },
  });
  expect(answers).toEqual(['the incident comes now', ['DRILL_ORDER', 'ana has injected the incident already']]);
  const types = events.map(({ type }) => type);
  expect(types.indexOf('page.sent')).toBeGreaterThan(types.indexOf('drill.triggered'));
  expect(types.indexOf('drill.triggered')).toBeGreaterThan(0);
});

test('more time moves the end, and the player reads it before the next prompt', async () => {
  const began = performance.now();
  const player = typeOnce('sleep 1; echo typed');
  const { events } = await play(player, 1500, {
    meanwhile: { at: 'page.sent', act: async (folder) => void (await giveOrder(folder, 'extend', ['ana', '3000'])) },
  });
  expect(performance.now() - began).toBeGreaterThan(4500);
  expect(events).toContainEqual({ type: 'drill.extended', byMs: 3000, timeLimitMs: 4500, by: 'ana' });
  expect(events).toContainEqual({ type: 'drill.over', why: 'time-limit' });
  expect(player.shown()).toContain('MORE TIME: ana gives 3 seconds');
});

test('a pause stops the limits and the keys, and a key of the player ends it', async () => {
  const player = typeOnce('drill pause');
  const limitMs = 2000;
  const { events } = await play(player, limitMs, {
    meanwhile: {
      at: 'drill.paused',
      // Longer than the limit of the drill.
      act: async () => {
        await waitOut(limitMs * 2);
        player.type('echo swallowed');
      },
    },
  });
  const types = events.map(({ type }) => type);
  expect(types.filter((type) => /^(?:drill\.(?:paused|resumed|over)|clock)/.test(type))).toEqual([
    'drill.paused',
    'clock.changed',
    'drill.resumed',
    'clock.changed',
    'drill.over',
  ]);
  expect(events).toContainEqual({ type: 'drill.paused', by: playerAddress });
  expect(events).toContainEqual({ type: 'drill.over', why: 'time-limit' });
  expect(player.shown()).toContain('press any key to go on');
  expect(player.shown()).not.toContain('swallowed');
});

test('a pause of a facilitator lasts until a facilitator ends it', async () => {
  const player = typeOnce('true');
  const answers: unknown[] = [];
  const order = async (folder: string, verb: string): Promise<void> => {
    answers.push(await giveOrder(folder, verb, ['ana']).catch(({ message }: InputError) => message));
  };
  const { events } = await play(player, 2000, {
    meanwhile: {
      at: 'page.sent',
      act: async (folder) => {
        await order(folder, 'resume');
        await order(folder, 'pause');
        await order(folder, 'pause');
        player.type('echo swallowed');
        await order(folder, 'resume');
      },
    },
  });
  expect(answers).toEqual([
    'the drill is not paused',
    'paused; "drill resume" lets it go on',
    'it cannot be paused now',
    'the drill goes on',
  ]);
  expect(events).toContainEqual({ type: 'drill.paused', by: 'ana' });
  expect(player.shown()).not.toContain('swallowed');
});

test('a drill that takes no orders any more says so', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'drillbook-orders-'));
  await expect(giveOrder(folder, 'inject', ['ana'])).rejects.toMatchObject({ code: 'DRILL_NOT_READY', exitCode: 64 });
  await rm(folder, { recursive: true });
});

test('a red herring is in a part that the fault leaves alone, before the player is there', async () => {
  const ran: [string, readonly string[]][] = [];
  const exec = (service: string, argv: readonly string[]): Promise<string> => {
    ran.push([service, argv]);
    return Promise.resolve('');
  };
  const { events } = await play({ name: 'idle' }, 300, { herring: 'odd-log-line', exec });
  expect(events[0]).toMatchObject({ type: 'herring.planted', kind: 'odd-log-line' });
  expect(ran.map(([service]) => service)).toEqual(['worker-rest']);
});

test('a drill goes on without its red herring', async () => {
  const exec = (): Promise<string> => Promise.reject(new Error('no shell'));
  const { events } = await play({ name: 'idle' }, 300, { herring: 'odd-log-line', exec });
  expect(events[0]).toMatchObject({ type: 'note', message: expect.stringContaining('no shell') as string });
  expect(events).toContainEqual({ type: 'drill.over', why: 'time-limit' });
});
