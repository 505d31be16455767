/** The part of a small fleet that tests change: the affected queue `mail`, which `worker-mail` serves. */
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
  /** Jobs of the queue that are among the failed. */
  failed: number;
  delayed: number;
  /** No job is active when the queues are sampled: jobs are done as soon as they arrive. */
  idle: boolean;
  /** Completions of the rest of the fleet per second. */
  othersRate: number;
  /** The queue `rest` and its `worker-rest`, which no fault affects. */
  restPaused: boolean;
  /** Jobs of `rest` that are among the failed. */
  restFailed: number;
  /** Completed jobs that `rest` still holds. */
  restKept: number;
  restState: string;
  restRestarts: number;
  restStartedAt: string;
  restContainers: number;
  /** How the containers of each are set up. */
  workerSetUp: Readonly<Record<string, string>>;
  restSetUp: Readonly<Record<string, string>>;
}

/** The settings of a container that the compose file gives. */
export const setUp = {
  'memory limit': '512',
  'limit of processes': '0',
  'restart policy': 'unless-stopped',
  environment: '0a0b',
};

/** The fleet in its steady state. */
export function healthyWorld(): World {
  return {
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
    restFailed: 0,
    restKept: 100,
    restState: 'running',
    restRestarts: 0,
    restStartedAt: '2026-01-01T00:00:00Z',
    restContainers: 1,
    workerSetUp: setUp,
    restSetUp: setUp,
  };
}

/** Ends the pause: what the recovery of the recorded run does by default. */
export function resume(world: World): void {
  world.paused = false;
}
