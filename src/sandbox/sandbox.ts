import type { Duplex } from 'node:stream';

import type { ContainersSeen } from '../history/events.ts';
import type { SandboxClock } from '../kernel/clock.ts';
import type { WallEvent } from '../wall/open-wall.ts';
import type { Spoiled } from './container-baseline.ts';

export interface Address {
  readonly host: string;
  readonly port: number;
}

export type ContainerFacts = ContainersSeen['containers'][number];

/** A running copy of the fleet. Everything that breaks, drives or watches it goes through here. */
export interface Sandbox {
  readonly id: string;
  readonly project: string;
  readonly directory: string;
  readonly clock: SandboxClock;
  /** Where the harness reaches a port of a service; the same address for as long as the sandbox lives. */
  address(service: string, port: number): Promise<Address>;
  containers(): Promise<readonly ContainerFacts[]>;
  /** By service, the images that its containers were made from, as the engine identifies them. */
  imageIds(): Promise<Readonly<Record<string, string>>>;
  /** Calls back on every engine event about one of the sandbox's containers, until the signal aborts. */
  watchEvents(onEvent: (event: EngineEvent) => void, signal: AbortSignal): Promise<void>;
  /** Which container it is: a restart keeps it, a recreation does not. */
  containerId(service: string): Promise<string>;
  kill(service: string, signal: string): Promise<void>;
  restart(service: string): Promise<void>;
  start(service: string): Promise<void>;
  /** Freezes every process of the container, or lets them go on. */
  setFrozen(service: string, frozen: boolean): Promise<void>;
  /** Puts one file into the container's own writable layer. */
  putFile(service: string, path: string, content: string): Promise<void>;
  /** `docker compose up -d --force-recreate --no-deps`: a new container from the image. */
  recreate(service: string): Promise<void>;
  /**
   * Makes those services anew that procedures have left otherwise than they were made: with more or fewer containers, or with processes, files or
   * settings of their own. Removes the containers of single runs. Into what does not run is not looked.
   */
  restore(): Promise<readonly Spoiled[]>;
  /**
   * Lowers how many bytes the running container of a service may use, as somebody does who wants to save. What is returned gives the same container
   * all its limits back; a new one has the compose file's own again anyway.
   */
  limitMemory(service: string, bytes: number): Promise<() => Promise<void>>;
  logs(service: string): Promise<Buffer>;
  /** Runs a command in a container of a service and returns what it printed. For the harness, not for procedures. */
  exec(service: string, argv: readonly string[]): Promise<string>;
  /** Lets procedures talk to the engine, of this sandbox alone, until it is closed. */
  openWall(onEvent: (event: WallEvent) => void): Promise<{ close(): Promise<void> }>;
  /** Token for the control port of the external APIs. */
  readonly controlToken: string;
  readonly operator: OperatorContainer;
}

export interface EngineEvent {
  readonly service: string;
  readonly name: string;
  readonly action: string;
  readonly exitCode?: number;
}

/** The container in which procedures run. */
export interface OperatorContainer {
  /** Creates it anew when it, or the api whose network it shares, is gone. */
  ensure(): Promise<void>;
  /** Creates it anew: whatever ran in it is gone, and so is what it wrote. */
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
  /** One directory under two names: the harness writes here what the operator reads there. */
  readonly blocks: { readonly host: string; readonly container: string };
  /** One file under two names: the harness reads here what the operator writes there. */
  readonly trace: { readonly host: string; readonly container: string };
  /** Where the library that traces a procedure stands in the container. */
  readonly traceLibrary: string;
}

export interface TtyProcess {
  readonly stream: Duplex;
  /** Exit code of the program, whoever still holds its terminal. Rejects when the container is gone. The caller bounds the wait. */
  wait(): Promise<number>;
}
