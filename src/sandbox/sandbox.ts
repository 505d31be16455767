import type { Duplex } from 'node:stream';

import type { ContainersSeen } from '../history/events.ts';
import type { SandboxClock } from '../kernel/clock.ts';

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
  /** Loopback addresses of published ports. */
  address(service: string, port: number): Promise<Address>;
  containers(): Promise<readonly ContainerFacts[]>;
  /** Calls back on every engine event about one of the sandbox's containers, until the signal aborts. */
  watchEvents(onEvent: (event: EngineEvent) => void, signal: AbortSignal): Promise<void>;
  /** Which container it is: a restart keeps it, a recreation does not. */
  containerId(service: string): Promise<string>;
  kill(service: string, signal: string): Promise<void>;
  restart(service: string): Promise<void>;
  start(service: string): Promise<void>;
  /** Puts one file into the container's own writable layer. */
  putFile(service: string, path: string, content: string): Promise<void>;
  /** `docker compose up -d --force-recreate --no-deps`: a new container from the image. */
  recreate(service: string): Promise<void>;
  logs(service: string): Promise<Buffer>;
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
  exec(
    argv: readonly string[],
    options: { readonly env: Readonly<Record<string, string>>; readonly cwd: string },
  ): Promise<TtyProcess>;
  run(
    argv: readonly string[],
  ): Promise<{ readonly exitCode: number; readonly stdout: string; readonly stderr: string }>;
  /** One directory under two names: the harness reads here what the operator writes there. */
  readonly traceDir: { readonly host: string; readonly container: string };
  /** Where the library that traces a procedure stands in the container. */
  readonly traceLibrary: string;
}

export interface TtyProcess {
  readonly stream: Duplex;
  /** Exit code of the program, whoever still holds its terminal. Rejects when the container is gone. The caller bounds the wait. */
  wait(): Promise<number>;
}
