import type { Duplex } from 'node:stream';

import type { ContainersSeen } from '../history/events.ts';
import type { SandboxClock } from '../kernel/clock.ts';
import type { WallEvent } from '../wall/open-wall.ts';
import type { RateSetter } from './clock-file.ts';
import type { Difference } from './container-baseline.ts';

export interface Address {
  readonly host: string;
  readonly port: number;
}

export type ContainerFacts = ContainersSeen['containers'][number];

/** A running copy of the fleet. All code that breaks, drives or watches the fleet uses this handle. */
export interface Sandbox extends ContainerViews, ContainerBreakage, ContainerRepair {
  readonly id: string;
  readonly project: string;
  readonly directory: string;
  readonly clock: SandboxClock;
  /**
   * Opens the clock for changes. One at a time.
   * @throws Error if the sandbox was started with a steady clock
   */
  openRates(): RateSetter;
  /** Token for the control port of the external APIs. */
  readonly controlToken: string;
  readonly operator: OperatorContainer;
  /** Where the harness reaches a port of a service. The address stays the same as long as the sandbox lives. */
  address(service: string, port: number): Promise<Address>;
  /** Runs a command in a container of a service and returns what it printed. For the harness, not for procedures. */
  exec(service: string, argv: readonly string[]): Promise<string>;
  /**
   * Until it is closed, procedures can talk to the engine, but only about this sandbox.
   * @param beforeEnd called before an order that ends a service's processes goes to the engine. The order waits for it
   */
  openWall(
    onEvent: (event: WallEvent) => void,
    beforeEnd?: (service: string) => Promise<void>,
  ): Promise<{ close(): Promise<void> }>;
}

/** Looks at the containers and changes nothing. */
export interface ContainerViews {
  containers(): Promise<readonly ContainerFacts[]>;
  /** The container of a service; undefined if it has none. */
  find(service: string): Promise<ContainerFacts | undefined>;
  /** The engine's ids of the images that the containers were created from, by service. */
  imageIds(): Promise<Readonly<Record<string, string>>>;
  /** The id of a service's container. A restart keeps it, a new container has another. */
  containerId(service: string): Promise<string>;
  logs(service: string): Promise<Buffer>;
  /** Reports every engine event about one of the sandbox's containers, until the signal aborts. */
  watchEvents(onEvent: (event: EngineEvent) => void, signal: AbortSignal): Promise<void>;
}

/** What faults do to the containers. */
export interface ContainerBreakage {
  kill(service: string, signal: string): Promise<void>;
  restart(service: string): Promise<void>;
  start(service: string): Promise<void>;
  /** Freezes every process of the container, or lets all of them continue. */
  setFrozen(service: string, frozen: boolean): Promise<void>;
  /** Puts one file into the container's own writable layer. */
  putFile(service: string, path: string, content: string): Promise<void>;
  /**
   * Lowers how many bytes the running container of a service may use.
   * @returns gives the same container its former limits back; a new container has those of the compose file anyway
   */
  limitMemory(service: string, bytes: number): Promise<() => Promise<void>>;
}

/** Replaces containers by new ones. */
export interface ContainerRepair {
  /** `docker compose up -d --force-recreate --no-deps`: a new container from the image. */
  recreate(service: string): Promise<void>;
  /**
   * Recreates each service that differs from its baseline: another number of containers, or other processes, files or
   * settings. Removes the containers of single runs. Does not look into containers that do not run.
   */
  restore(): Promise<readonly Difference[]>;
  /** How the services that procedures may have changed differ from their baselines. Changes nothing. */
  differences(): Promise<readonly Difference[]>;
}

export interface EngineEvent {
  readonly service: string;
  readonly name: string;
  readonly action: string;
  readonly exitCode?: number;
}

/** The container in which procedures run. */
export interface OperatorContainer {
  /** Creates it if it does not run. */
  ensure(): Promise<void>;
  /** Recreates it, which ends all that ran in it and drops all that it wrote. */
  renew(): Promise<void>;
  /** Ends it and everything in it. */
  remove(): Promise<void>;
  exec(
    argv: readonly string[],
    options: { readonly env: Readonly<Record<string, string>>; readonly cwd: string },
  ): Promise<TtyProcess>;
  run(
    argv: readonly string[],
  ): Promise<{ readonly exitCode: number; readonly stdout: string; readonly stderr: string }>;
  /** One directory under two names: the harness writes here, the operator reads there. */
  readonly blocks: { readonly host: string; readonly container: string };
  /** One file under two names: the operator writes there, the harness reads here. */
  readonly trace: { readonly host: string; readonly container: string };
  /** One directory under two names: sockets in which the harness listens and the operator connects. */
  readonly sockets: { readonly host: string; readonly container: string };
  /** Path in the container of the library that traces a procedure. */
  readonly traceLibrary: string;
}

export interface TtyProcess {
  readonly stream: Duplex;
  /** Sets the size of the terminal. If the program has ended, it does nothing. */
  resize(rows: number, cols: number): Promise<void>;
  /**
   * The exit code of the program, even if another process still holds its terminal. The caller limits the wait.
   * @throws Error if the container is gone
   */
  wait(): Promise<number>;
}
