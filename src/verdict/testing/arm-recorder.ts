import type {
  CommandRan,
  ContainersSeen,
  EventBody,
  Phase,
  ProcedureEnded,
  Purpose,
  QueueRow,
  WallMet,
} from '../../history/events.ts';
import { file } from './sample-run.ts';
import { healthyWorld, type World } from './world.ts';

/** The clock of the recorded run. Sandbox time runs ten times as fast as real time. */
export class RecordedClock {
  s = Date.UTC(2026, 0, 1);
  t = 0;

  /** @param ms sandbox ms */
  advance(ms: number): void {
    this.s += ms;
    this.t += ms / 10;
  }
}

/** A block of the runbook that the recorded arm runs. */
export interface RecordedBlock {
  readonly address: string;
  readonly purpose: Purpose;
  readonly output?: string;
  readonly commands?: readonly Partial<CommandRan>[];
  readonly ended?: Partial<ProcedureEnded>;
  readonly cutAfterMs?: number;
  readonly expectExit?: number | undefined;
  /** What the wall met, and how many real ms after the block's start. */
  readonly wall?: readonly RecordedAttempt[];
}

export interface RecordedAttempt {
  readonly atMs: number;
  readonly attempt: string;
  readonly outcome?: WallMet['outcome'];
  readonly service?: string;
  readonly command?: readonly string[];
  readonly errorReply?: string;
  readonly httpStatus?: number;
}

/** How long a block runs, real ms. */
const blockMs = 50;

/** Records what happens to a world: a sample each sandbox second, and containers and Redis when they change. */
export class ArmRecorder {
  readonly world: World = healthyWorld();
  readonly #clock: RecordedClock;
  readonly #emit: (body: EventBody) => void;
  /** In which share of the time something waited for a CPU. Undefined: not recorded. */
  readonly #pressure: number | undefined;
  /** Jobs arrive. */
  #isLoaded = true;
  #restCompleted = 0;
  #known = '';

  constructor(clock: RecordedClock, emit: (body: EventBody) => void, pressure: number | undefined) {
    this.#clock = clock;
    this.#emit = emit;
    this.#pressure = pressure;
  }

  say(body: EventBody): void {
    this.#emit(body);
  }

  endLoad(): void {
    this.#isLoaded = false;
  }

  phase(phase: Phase, work: () => void, outcome: 'done' | 'timed-out' = 'done'): void {
    this.#clock.advance(10);
    this.say({ type: 'phase.started', phase });
    work();
    this.say({ type: 'phase.ended', phase, outcome });
  }

  /** @param each changes the world in each second */
  watch(seconds: number, each: (second: number) => void = () => undefined): void {
    for (let second = 1; second <= seconds; second += 1) {
      this.#clock.advance(1000);
      each(second);
      this.tick(second);
    }
  }

  /** Lets a second pass in the world and records it. */
  tick(second: number): void {
    const { world } = this;
    if (this.#pressure !== undefined) this.say({ type: 'pressure', waitedMs: this.#clock.t * this.#pressure });
    if (this.#isLoaded) {
      this.#restCompleted += world.othersRate;
      world.backlog += second % 2;
    }
    const works = world.takes && !world.paused && world.workerState === 'running';
    if (works) [world.completed, world.backlog] = [world.completed + world.backlog, 0];
    this.#recordContainers();
    if (!world.redisUp) return;
    const mail: QueueRow = [
      world.paused ? 0 : world.backlog,
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
    const rest: QueueRow = [
      0,
      world.idle ? 0 : 5,
      0,
      world.restFailed,
      0,
      0,
      world.restPaused ? 1 : 0,
      this.#restCompleted,
      0,
      0,
      world.restKept,
    ];
    this.say({ type: 'sample', full: true, queues: { mail, rest } });
  }

  runBlock({ address, purpose, output = '', commands = [], ended, cutAfterMs, expectExit, wall = [] }: RecordedBlock) {
    this.say({
      type: 'procedure.started',
      address,
      purpose,
      location: { file, line: 30 },
      args: [],
      ...(cutAfterMs === undefined ? {} : { cutAfterMs }),
      ...(expectExit === undefined ? {} : { expectExit }),
    });
    let ranMs = 0;
    for (const { atMs, outcome = 'refused', ...met } of wall) {
      this.#clock.advance((atMs - ranMs) * 10);
      ranMs = atMs;
      this.say({ type: 'wall', outcome, ...met, message: `drillbook ${outcome}: ${met.attempt}` });
    }
    this.#clock.advance((blockMs - ranMs) * 10);
    for (const command of commands) this.say({ ...succeeded, address, ...command });
    this.say({ ...exited, address, output, ...ended });
  }

  #recordContainers(): void {
    const { redisUp } = this.world;
    const containers = containersOf(this.world);
    const now = JSON.stringify({ redisUp, containers });
    if (now === this.#known) return;
    this.#known = now;
    this.say({ type: 'redis', up: redisUp });
    this.say({ type: 'containers', containers });
  }
}

function containersOf(world: World): ContainersSeen['containers'] {
  const common = { health: 'healthy', exitCode: 0, oomKilled: false };
  const { workerState, workerStartedAt, workerSetUp, restState, restRestarts, restStartedAt, restSetUp } = world;
  const mail = { service: 'worker-mail', name: 'worker-mail-1', state: workerState, restarts: 0 };
  const rest = { service: 'worker-rest', state: restState, restarts: restRestarts };
  return [
    { ...common, ...mail, startedAt: workerStartedAt, setUp: workerSetUp },
    ...Array.from({ length: world.restContainers }, (_, index) => ({
      ...common,
      ...rest,
      name: `worker-rest-${index + 1}`,
      startedAt: restStartedAt,
      setUp: restSetUp,
    })),
  ];
}

const succeeded: Omit<CommandRan, 'address'> = {
  type: 'command',
  location: { file, line: 31 },
  text: 'docker compose ps',
  exitCode: 0,
  role: 'command',
  cut: false,
  startedMs: 0,
  durationMs: 5,
};

const exited: Omit<ProcedureEnded, 'address' | 'output'> = {
  type: 'procedure.ended',
  exitCode: 0,
  ended: 'exited',
  traced: true,
  outputCut: false,
  cast: 'x.cast',
  durationMs: blockMs,
  unfilled: [],
};
