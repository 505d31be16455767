import type Docker from 'dockerode';

import { DeadlineError } from '../kernel/errors.ts';
import { pollUntil } from '../kernel/poll-until.ts';
import { serviceLabel } from '../wall/boundary.ts';
import { sandboxLabel } from './engine.ts';
import { setUpOf } from './set-up-of.ts';

/** What a procedure that gets into a service can change of it for as long as its container lives. */
export interface Condition {
  /** How many containers it has. */
  readonly containers: number;
  /** Variables, command, limits and restart policy, as text. */
  readonly settings: string;
  /** Bytes in its containers' own writable layers. */
  readonly written: number;
  /** The commands of its processes. */
  readonly processes: readonly string[];
}

/** By service. */
export type Conditions = Readonly<Record<string, Condition>>;

export interface Spoiled {
  readonly service: string;
  /** A clause behind the service's name. */
  readonly how: string;
}

interface Found extends Omit<Condition, 'containers'> {
  readonly service: string;
  readonly pids: readonly string[];
  /** The command of its health check, which may be waiting for an answer just now. */
  readonly healthCheck: string;
}

/** What a health check has started, or saves the data of Redis, ends by itself; real ms. */
const endsWithinMs = 2000;

/** How the running services of a sandbox are. */
export async function readConditions(docker: Docker, sandboxId: string): Promise<Conditions> {
  const services = Map.groupBy(await look(docker, sandboxId), ({ service }) => service);
  return Object.fromEntries(
    [...services].flatMap(([service, [first, ...others]]) => {
      if (!first) return [];
      const { settings, written, processes } = first;
      return [[service, { containers: 1 + others.length, settings, written, processes }]];
    }),
  );
}

/** Which services have more containers than were made, or fewer. What was stopped is there. */
export async function findMiscounted(
  docker: Docker,
  sandboxId: string,
  pristine: Conditions,
): Promise<readonly Spoiled[]> {
  const listed = await docker.listContainers({ all: true, filters: { label: [`${sandboxLabel}=${sandboxId}`] } });
  const services = Map.groupBy(listed, ({ Labels }) => Labels[serviceLabel]);
  return Object.entries(pristine).flatMap(([service, made]) => {
    const { length: containers } = services.get(service) ?? [];
    return containers === made.containers
      ? []
      : [{ service, how: `has ${count(containers)} in place of ${made.containers}` }];
  });
}

function count(containers: number): string {
  return containers === 0 ? 'no container' : `${containers} container${containers === 1 ? '' : 's'}`;
}

/**
 * Which of these services are no longer as they were made. What does not run is not looked at.
 * @param pristine how they were when nothing had got into them
 */
export async function findSpoiled(
  docker: Docker,
  sandboxId: string,
  services: ReadonlySet<string>,
  pristine: Conditions,
): Promise<readonly Spoiled[]> {
  const found = await look(docker, sandboxId, services);
  const left = await leftProcesses(docker, sandboxId, found, pristine);
  return found.flatMap(({ service, settings, written }) => {
    const made = pristine[service];
    if (!made) return [];
    const process = left.find((one) => one.service === service);
    const how = [
      ...(settings === made.settings ? [] : ['is set up otherwise']),
      ...(written === made.written ? [] : [`holds ${written} B of its own in place of ${made.written} B`]),
      ...(process ? [`still runs \`${process.command.slice(0, 60)}\``] : []),
    ];
    return how.length === 0 ? [] : [{ service, how: how.join(', ') }];
  });
}

interface Process {
  readonly service: string;
  readonly pid: string;
  readonly command: string;
}

/** Processes that were not there when their container was made, and do not end. */
async function leftProcesses(
  docker: Docker,
  sandboxId: string,
  found: readonly Found[],
  pristine: Conditions,
): Promise<readonly Process[]> {
  let strange = found.flatMap((one) => strangers(one, pristine[one.service]?.processes ?? []));
  const gone = async (): Promise<boolean> => {
    if (strange.length === 0) return true;
    const now = await look(docker, sandboxId, new Set(strange.map(({ service }) => service)));
    // A health check is first seen as `runc init`, so its name may be known only now.
    const stillStrange = now.flatMap((one) => strangers(one, pristine[one.service]?.processes ?? []));
    const pids = new Set(stillStrange.map(({ pid }) => pid));
    strange = strange.filter(({ pid }) => pids.has(pid));
    return strange.length === 0;
  };
  await pollUntil(gone, { what: 'the end of what runs there', withinMs: endsWithinMs, everyMs: 100 }).catch(
    (error: unknown) => {
      if (!(error instanceof DeadlineError)) throw error;
    },
  );
  return strange;
}

function strangers({ service, processes, pids, healthCheck }: Found, made: readonly string[]): readonly Process[] {
  const known = [...made];
  return processes.flatMap((command, index) => {
    if (command === healthCheck) return [];
    const at = known.indexOf(command);
    if (at !== -1) known.splice(at, 1);
    return at === -1 ? [{ service, pid: pids[index] ?? '', command }] : [];
  });
}

async function look(docker: Docker, sandboxId: string, services?: ReadonlySet<string>): Promise<readonly Found[]> {
  const listed = (await docker.listContainers({
    size: true,
    filters: { label: [`${sandboxLabel}=${sandboxId}`], status: ['running'] },
  })) as readonly (Docker.ContainerInfo & { readonly SizeRw?: number })[];
  const wanted = listed.flatMap(({ Id: id, Labels, SizeRw: written = 0 }) => {
    const service = Labels[serviceLabel];
    return service === undefined || (services && !services.has(service)) ? [] : [{ id, service, written }];
  });
  const found = await Promise.all(wanted.map((container) => lookInto(docker, container)));
  return found.filter((one) => one !== undefined);
}

interface ProcessTable {
  readonly Titles: readonly string[];
  readonly Processes: readonly (readonly string[])[];
}

async function lookInto(
  docker: Docker,
  { id, service, written }: { readonly id: string; readonly service: string; readonly written: number },
): Promise<Found | undefined> {
  const container = docker.getContainer(id);
  try {
    const [facts, { Titles, Processes }] = await Promise.all([
      container.inspect(),
      container.top() as Promise<ProcessTable>,
    ]);
    const [pid, command] = [Titles.indexOf('PID'), Titles.indexOf('CMD')];
    return {
      service,
      settings: JSON.stringify(setUpOf(facts)),
      written,
      processes: Processes.map((cells) => cells[command] ?? ''),
      pids: Processes.map((cells) => cells[pid] ?? ''),
      healthCheck: healthCheckOf(facts),
    };
  } catch (error) {
    // It may end between the list and the look.
    const { statusCode } = error as { statusCode?: number };
    if (statusCode === 404 || statusCode === 409) return undefined;
    throw error;
  }
}

function healthCheckOf({ Config }: Docker.ContainerInspectInfo): string {
  const [how, ...words] = Config.Healthcheck?.Test ?? [];
  return [...(how === 'CMD-SHELL' ? ['/bin/sh', '-c'] : []), ...words].join(' ');
}
