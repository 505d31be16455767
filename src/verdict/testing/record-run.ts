import type {
  Arm,
  CommandRan,
  EventBody,
  HistoryEvent,
  ProcedureEnded,
  Purpose,
  QueueRow,
  RunbookFacts,
  RunStarted,
  ScenarioPlan,
  Settings,
  ThresholdRow,
} from '../../history/events.ts';

/** The part of a small fleet that tests change: the queue that is hit, `mail`, served by `worker-mail`. */
export interface World {
  paused: boolean;
  backlog: number;
  /** Whether its workers take jobs. */
  takes: boolean;
  completed: number;
  /** Failures of the whole fleet. */
  failures: number;
  workerState: string;
  workerStartedAt: string;
  redisUp: boolean;
  /** Jobs of the queue that stand among the failed. */
  failed: number;
  delayed: number;
  /** Nothing is being done right now: jobs come and are done at once. */
  idle: boolean;
  /** Completions of the rest of the fleet, a second. */
  othersRate: number;
  /** The other queue, `rest`, and its `worker-rest`, which no fault hits. */
  restPaused: boolean;
  restState: string;
  restRestarts: number;
  restStartedAt: string;
  restContainers: number;
  /** How the containers of each are set up. */
  workerSetUp: Readonly<Record<string, string>>;
  restSetUp: Readonly<Record<string, string>>;
}

/** As the compose file says. */
export const setUp = {
  'memory limit': '512',
  'limit of processes': '0',
  'restart policy': 'unless-stopped',
  environment: '0a0b',
};

/** A recorded run in which a pause is injected and cured; each field bends one thing. */
export interface Recording {
  readonly cure?: (world: World) => void;
  /** What happens in the control arm, and how many seconds after the fault. */
  readonly selfHealing?: { readonly afterS: number; readonly heal: (world: World) => void };
  readonly bit?: boolean;
  readonly beforeFault?: (world: World) => void;
  /** What the fault does beside the pause. */
  readonly faultToo?: (world: World) => void;
  /** While the fleet is watched after the cure, second by second. */
  readonly whileSettling?: (world: World, second: number) => void;
  /** How long the fleet is left to work off what is queued, in seconds. */
  readonly drainS?: number;
  readonly controlS?: number;
  /** In which share of the time something waited for a CPU, in the treatment and in the control arm; not recorded where it is absent. */
  readonly pressure?: number;
  readonly controlPressure?: number;
  readonly plan?: Partial<ScenarioPlan>;
  readonly runbook?: Partial<RunbookFacts>;
  readonly commands?: readonly Partial<CommandRan>[];
  readonly procedure?: Partial<ProcedureEnded>;
  readonly expectExit?: number;
  readonly diagnosisOutput?: string;
  readonly diagnosed?: Partial<ProcedureEnded>;
  /** What running the recovery again does: on the healthy fleet, and begun anew after it was cut off. */
  readonly again?: (world: World) => void;
  readonly anew?: (world: World) => void;
  /** How the run that is to be cut off ended. */
  readonly cut?: Partial<ProcedureEnded>;
  /** What the wall met while the recovery ran, and how many ms after the block's start; the block runs for 50 ms. */
  readonly wall?: readonly {
    readonly atMs: number;
    readonly attempt: string;
    readonly outcome?: 'refused' | 'spared';
  }[];
  /** What is found set when all is done, where it is not what was set before. */
  readonly leaves?: Partial<Settings>;
  /** Fates of jobs beside the ones that complete. */
  readonly jobs?: {
    readonly lost?: number;
    readonly removed?: number;
    readonly duplicated?: number;
    readonly resurrected?: number;
    readonly failed?: number;
    readonly withoutEffect?: number;
    readonly stalled?: number;
    /** Completed only by what healing sets free. */
    readonly queued?: number;
    readonly retrying?: number;
    /** Jobs that nobody enqueued. */
    readonly added?: number;
  };
}

export const file = 'runbook.md';
export const recovery = '3.2 > Solution > bash[1]';
export const diagnosis = '3.2 > Diagnosis > bash[1]';

export function threshold(metric: ThresholdRow['metric'], normal: ThresholdRow['normal'], line: number): ThresholdRow {
  return {
    metric,
    normal,
    alert: { text: '> 5000', min: { value: 5000, inclusive: false } },
    location: { file, line },
  };
}

const below = (value: number): ThresholdRow['normal'] => ({ text: `< ${value}`, max: { value, inclusive: false } });
const above = (value: number): ThresholdRow['normal'] => ({ text: `> ${value}`, min: { value, inclusive: false } });
export const thresholds: readonly ThresholdRow[] = [
  threshold('waiting', below(1000), 61),
  threshold('active', { text: '1-50', min: { value: 1, inclusive: true }, max: { value: 50, inclusive: true } }, 62),
  threshold('failed', below(10), 63),
  threshold('delayed', below(500), 64),
  threshold('rate', above(10), 65),
];

export const pausedPlan: ScenarioPlan = {
  id: 'queue-paused',
  title: 'mail is paused',
  file: 'queue-paused.scenario.ts',
  sections: ['3.2'],
  fault: { kind: 'queues-paused', summary: 'mail paused' },
  symptoms: [{ claim: 'paused', queues: ['mail'], value: true, text: 'mail: paused' }],
  diagnosis: [
    {
      address: diagnosis,
      location: { file, line: 20 },
      shows: [{ source: 'paused: mail', flags: '', means: 'the paused queue' }],
      args: [],
    },
  ],
  recovery: [{ address: recovery, location: { file, line: 30 }, shows: [], args: [] }],
  health: { queues: ['mail'], services: [], sustainMs: 30_000, withinMs: 60_000, wedgeGraceMs: 30_000 },
  jobs: { lost: 0, removed: 0, failed: 0, duplicates: 'at-least-once' },
  control: { enabled: true, instead: [] },
  unbound: [],
};

const baseRun: RunStarted = {
  type: 'run.started',
  run: 'r1',
  drillbook: '0.0.0',
  historyVersion: 1,
  startedAt: '2026-01-01T00:00:00.000Z',
  seed: 1,
  timeScale: 10,
  runbook: {
    file,
    sha256: '00',
    title: 'Runbook',
    version: '1.1',
    declaredVersions: { redis: '8.4.0' },
    sections: [{ number: '3.2', title: 'Queue paused', line: 10, endLine: 50, procedures: [diagnosis, recovery] }],
    thresholds,
    repairs: [],
  },
  pinnedThresholds: thresholds,
  queues: [
    { name: 'mail', service: 'worker-mail' },
    { name: 'rest', service: 'worker-rest' },
  ],
};

/** The history of one run, a sample a sandbox second. */
export function recordRun(recording: Recording = {}): readonly HistoryEvent[] {
  const events: HistoryEvent[] = [];
  const plan = { ...pausedPlan, ...recording.plan };
  let nowS = Date.UTC(2026, 0, 1);
  let nowT = 0;
  const emit = (body: EventBody, arm?: Arm): void => {
    const context = arm ? { scenario: plan.id, arm } : {};
    events.push({ seq: events.length, t: nowT, s: nowS, ...context, ...body });
  };
  const advance = (ms: number): void => {
    nowS += ms;
    nowT += ms / 10;
  };
  emit({ ...baseRun, runbook: { ...baseRun.runbook, ...recording.runbook } });
  emit({
    type: 'environment',
    engine: '20',
    compose: '2',
    node: 'v24',
    versions: { redis: '8.6.3' },
    images: [],
    realTimeServices: [],
  });
  emit({ type: 'scenario.planned', plan });
  recordArm('treatment');
  if (plan.control.enabled && plan.fault) recordArm('control');
  emit({ type: 'run.ended', leftovers: [] });
  return events;

  function recordArm(arm: Arm): void {
    const world: World = {
      paused: false,
      backlog: 0,
      takes: true,
      completed: 0,
      failures: 0,
      failed: 0,
      delayed: 0,
      workerState: 'running',
      workerStartedAt: '2026-01-01T00:00:00Z',
      redisUp: true,
      idle: false,
      othersRate: 14,
      restPaused: false,
      restState: 'running',
      restRestarts: 0,
      restStartedAt: '2026-01-01T00:00:00Z',
      restContainers: 1,
      workerSetUp: setUp,
      restSetUp: setUp,
    };
    let rest = 0;
    let isLoaded = true;
    let known = '';
    const say = (body: EventBody): void => emit(body, arm);
    const phase = (
      name: (EventBody & { type: 'phase.started' })['phase'],
      work: () => void,
      outcome: 'done' | 'timed-out' = 'done',
    ): void => {
      advance(10);
      say({ type: 'phase.started', phase: name });
      work();
      say({ type: 'phase.ended', phase: name, outcome });
    };
    const watch = (seconds: number, each: (second: number) => void = () => undefined): void => {
      for (let second = 1; second <= seconds; second += 1) {
        advance(1000);
        each(second);
        tick(second);
      }
    };
    const tick = (second: number): void => {
      const pressure = arm === 'control' ? recording.controlPressure : recording.pressure;
      if (pressure !== undefined) say({ type: 'pressure', waitedMs: nowT * pressure });
      if (isLoaded) {
        rest += world.othersRate;
        world.backlog += second % 2;
      }
      const works = world.takes && !world.paused && world.workerState === 'running';
      if (works) [world.completed, world.backlog] = [world.completed + world.backlog, 0];
      const { workerState, workerStartedAt, redisUp, restState, restRestarts, restStartedAt, restContainers } = world;
      const rests = [restState, restRestarts, restStartedAt, restContainers, world.restSetUp, world.workerSetUp];
      const state = JSON.stringify([workerState, workerStartedAt, redisUp, ...rests]);
      if (state !== known) {
        say({ type: 'redis', up: world.redisUp });
        const container = {
          name: 'worker-mail-1',
          health: 'healthy',
          restarts: 0,
          exitCode: 0,
          oomKilled: false,
          startedAt: world.workerStartedAt,
        };
        say({
          type: 'containers',
          containers: [
            { ...container, service: 'worker-mail', state: world.workerState, setUp: world.workerSetUp },
            ...Array.from({ length: restContainers }, (_, index) => ({
              ...container,
              service: 'worker-rest',
              name: `worker-rest-${index + 1}`,
              state: restState,
              restarts: restRestarts,
              startedAt: restStartedAt,
              setUp: world.restSetUp,
            })),
          ],
        });
        known = state;
      }
      if (!world.redisUp) return;
      const waiting = world.paused ? 0 : world.backlog;
      const mail: QueueRow = [
        waiting,
        works && !world.idle ? 1 : 0,
        world.delayed,
        world.failed,
        world.paused ? world.backlog : 0,
        0,
        world.paused ? 1 : 0,
        world.completed,
        world.failures,
        0,
      ];
      const others: QueueRow = [0, world.idle ? 0 : 5, 0, 0, 0, 0, world.restPaused ? 1 : 0, rest, 0, 0];
      say({ type: 'sample', full: true, queues: { mail, rest: others } });
    };
    const runBlock = (
      address: string,
      purpose: Purpose,
      output: string,
      commands: readonly Partial<CommandRan>[],
      ended: Partial<ProcedureEnded>,
      cutAfterMs?: number,
    ): void => {
      say({
        type: 'procedure.started',
        address,
        purpose,
        location: { file, line: 30 },
        args: [],
        ...(cutAfterMs === undefined ? {} : { cutAfterMs }),
        ...(recording.expectExit === undefined || purpose === 'diagnosis' ? {} : { expectExit: recording.expectExit }),
      });
      let ranMs = 0;
      for (const { atMs, attempt, outcome = 'refused' } of purpose === 'recovery' ? (recording.wall ?? []) : []) {
        advance((atMs - ranMs) * 10);
        ranMs = atMs;
        say({ type: 'wall', outcome, attempt, message: `drillbook refused: ${attempt}` });
      }
      advance((50 - ranMs) * 10);
      for (const command of commands) {
        say({
          type: 'command',
          address,
          location: { file, line: 31 },
          text: 'docker compose ps',
          exitCode: 0,
          role: 'command',
          cut: false,
          startedMs: 0,
          durationMs: 5,
          ...command,
        });
      }
      say({
        type: 'procedure.ended',
        address,
        exitCode: 0,
        ended: 'exited',
        traced: true,
        output,
        outputCut: false,
        cast: 'x.cast',
        durationMs: 50,
        unfilled: [],
        ...ended,
      });
    };

    const diagnose = (): void =>
      runBlock(diagnosis, 'diagnosis', recording.diagnosisOutput ?? 'paused: mail', [{}], recording.diagnosed ?? {});

    say({ type: 'arm.started' });
    phase('start', () => tick(1));
    recording.beforeFault?.(world);
    phase('baseline', () => watch(35));
    if (arm === 'treatment') say(settings('before'));
    if (plan.fault) {
      phase('inject', () => {
        say({ type: 'fault.injecting', kind: plan.fault?.kind ?? '', summary: plan.fault?.summary ?? '' });
        world.paused = true;
        recording.faultToo?.(world);
        tick(0);
        say({
          type: 'fault.proved',
          kind: plan.fault?.kind ?? '',
          bit: recording.bit ?? true,
          evidence: 'the flag is set',
        });
      });
    }
    if (arm === 'control') {
      phase('diagnose', diagnose);
      phase('recover', () => undefined);
      phase('settle', () =>
        watch(
          recording.controlS ?? 120,
          (second) => second === recording.selfHealing?.afterS && recording.selfHealing.heal(world),
        ),
      );
      if (plan.repeat)
        phase('repeat', () => {
          runBlock(recovery, 'repeat', '', [], { ended: 'cut', exitCode: null, ...recording.cut }, 20);
          (recording.anew ?? resume)(world);
          for (const { address } of plan.recovery) runBlock(address, 'repeat', 'resumed', [{}], {});
          watch(40);
        });
    } else {
      if (plan.fault) phase('detect', () => watch(10));
      phase('diagnose', diagnose);
      const acting = [
        ...plan.recovery.map(({ address }) => ({ address, purpose: 'recovery' as const })),
        ...(plan.maintenance ?? []).map(({ address }) => ({ address, purpose: 'maintenance' as const })),
      ];
      if (plan.fault || acting.length > 0) {
        phase('recover', () => {
          (recording.cure ?? resume)(world);
          for (const { address, purpose } of acting)
            runBlock(address, purpose, 'resumed', recording.commands ?? [{}], recording.procedure ?? {});
        });
        phase(
          'settle',
          () => watch(92, (second) => recording.whileSettling?.(world, second)),
          recording.cure ? 'timed-out' : 'done',
        );
      }
      if (plan.repeat)
        phase('repeat', () => {
          recording.again?.(world);
          for (const { address } of plan.recovery) runBlock(address, 'repeat', 'resumed', [{}], {});
          watch(40);
        });
      phase('account', () => {
        isLoaded = false;
        watch(recording.drainS ?? 0);
        say({ ...settings('after'), ...recording.leaves });
        account(say, recording.jobs ?? {});
      });
    }
    say({ type: 'arm.ended' });
  }
}

function settings(moment: Settings['moment']): Settings {
  const queues = { rest: { concurrency: '5' } };
  return {
    type: 'settings',
    moment,
    complete: true,
    queues,
    redis: { maxmemory: '8589934592', 'maxmemory-policy': 'noeviction' },
  };
}

function resume(world: World): void {
  world.paused = false;
}

const fine = 20;

/** Jobs that fare well, and as many of each other fate as asked for. */
function account(say: (body: EventBody) => void, wanted: NonNullable<Recording['jobs']>): void {
  const { lost = 0, removed = 0, duplicated = 0, resurrected = 0, failed = 0, withoutEffect = 0, stalled = 0 } = wanted;
  const { queued = 0, retrying = 0, added = 0 } = wanted;
  const ids = (what: string, count: number): readonly string[] =>
    Array.from({ length: count }, (_, index) => `${what}-${index}`);
  const [good, gone, taken, twice] = [
    ids('good', fine),
    ids('lost', lost),
    ids('removed', removed),
    ids('twice', duplicated),
  ];
  const [risen, given, mute] = [ids('risen', resurrected), ids('failed', failed), ids('mute', withoutEffect)];
  const [late, again, strange] = [ids('late', queued), ids('again', retrying), ids('strange', added)];
  say({
    type: 'enqueued',
    queue: 'mail',
    ids: [...good, ...gone, ...taken, ...twice, ...risen, ...given, ...mute, ...late, ...again],
  });
  const completed = [...good, ...twice, ...risen, ...mute, ...strange];
  const left = [...twice, ...good].slice(0, stalled);
  say({ type: 'outcomes', queue: 'mail', completed, failed: given, stalled: left, removed: taken });
  say({ type: 'residue', complete: true, jobs: { mail: { waiting: [...risen, ...late], retrying: again } } });
  say({
    type: 'effects',
    complete: true,
    once: [...good, ...risen, ...strange],
    more: twice.map((id) => [id, 2] as const),
  });
  // Healing sets free what was held back: no longer part of the books.
  say({ type: 'outcomes', queue: 'mail', completed: late, failed: [], stalled: [], removed: [] });
}
