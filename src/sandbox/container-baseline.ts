import type Docker from 'dockerode';

import { DeadlineError } from '../kernel/errors.ts';
import { pollUntil } from '../kernel/poll-until.ts';
import { count } from '../kernel/words.ts';
import { serviceLabel } from '../wall/boundary.ts';
import { sandboxLabel, statusOf } from './engine.ts';
import { setUpOf } from './set-up-of.ts';

/**
 * How a service's containers were right after the start. A procedure can change all of it, and the change stays as long
 * as the container lives.
 */
export interface ContainerBaseline {
  /** How many containers the service has. */
  readonly containers: number;
  /** Variables, command, limits and restart policy, as text. */
  readonly settings: string;
  /** Bytes in their own writable layers. */
  readonly written: number;
  /** The commands of their processes. */
  readonly processes: readonly string[];
}

/** By service. */
export type ContainerBaselines = Readonly<Record<string, ContainerBaseline>>;

/** How a service differs from its baseline. */
export interface Difference {
  readonly service: string;
  /** A clause whose subject is the service: `still runs ...`. */
  readonly how: string;
  /** The same without settings, which the record of the containers shows as well. Absent if nothing else differs. */
  readonly residue?: string;
}

interface Found extends Omit<ContainerBaseline, 'containers'> {
  readonly service: string;
  readonly pids: readonly string[];
  /** The command of its health check, which may be running at the moment. */
  readonly healthCheck: string;
}

/**
 * Processes of a health check, or those with which Redis saves its data, end by themselves within this time; real ms.
 */
const endsWithinMs = 2000;

/** The baselines of all running services. */
export async function readBaselines(docker: Docker, sandboxId: string): Promise<ContainerBaselines> {
  const services = Map.groupBy(await look(docker, sandboxId), ({ service }) => service);
  return Object.fromEntries(
    [...services].flatMap(([service, [first, ...others]]) => {
      if (!first) return [];
      const { settings, written, processes } = first;
      return [[service, { containers: 1 + others.length, settings, written, processes }]];
    }),
  );
}

/** The services that have more or fewer containers than at the start. Stopped containers count. */
export async function findMiscounted(
  docker: Docker,
  sandboxId: string,
  pristine: ContainerBaselines,
): Promise<readonly Difference[]> {
  const listed = await docker.listContainers({ all: true, filters: { label: [`${sandboxLabel}=${sandboxId}`] } });
  const services = Map.groupBy(listed, ({ Labels }) => Labels[serviceLabel]);
  return Object.entries(pristine).flatMap(([service, made]) => {
    const { length: containers } = services.get(service) ?? [];
    return containers === made.containers
      ? []
      : [{ service, how: `has ${count(containers, 'container')} instead of ${made.containers}` }];
  });
}

/** How the containers of these services differ from their baselines. Stopped containers are not looked at. */
export async function findDifferences(
  docker: Docker,
  sandboxId: string,
  services: ReadonlySet<string>,
  pristine: ContainerBaselines,
): Promise<readonly Difference[]> {
  const found = await look(docker, sandboxId, services);
  const left = await findLeftProcesses(docker, sandboxId, found, pristine);
  return found.flatMap(({ service, settings, written }) => {
    const made = pristine[service];
    if (!made) return [];
    const process = left.find((one) => one.service === service);
    const residue = [
      ...(written === made.written ? [] : [`has ${written} B in its own layer instead of ${made.written} B`]),
      ...(process ? [`still runs \`${process.command.slice(0, 60)}\``] : []),
    ];
    const how = [...(settings === made.settings ? [] : ['has other settings']), ...residue];
    if (how.length === 0) return [];
    return [{ service, how: how.join(', '), ...(residue.length > 0 ? { residue: residue.join(', ') } : {}) }];
  });
}

interface Process {
  readonly service: string;
  readonly pid: string;
  readonly command: string;
}

/** Processes that are not in the baseline and do not end by themselves. */
async function findLeftProcesses(
  docker: Docker,
  sandboxId: string,
  found: readonly Found[],
  pristine: ContainerBaselines,
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
  await pollUntil(gone, { what: 'the end of the processes left there', withinMs: endsWithinMs, everyMs: 100 }).catch(
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
    if ([404, 409].includes(statusOf(error) ?? 0)) return undefined;
    throw error;
  }
}

function healthCheckOf({ Config }: Docker.ContainerInspectInfo): string {
  const [how, ...words] = Config.Healthcheck?.Test ?? [];
  return [...(how === 'CMD-SHELL' ? ['/bin/sh', '-c'] : []), ...words].join(' ');
}
