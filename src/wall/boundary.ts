import { EngineAnswer, type EngineClient } from './engine-client.ts';
import { notFound, refuse, Refusal } from './refusal.ts';

/** What belongs to a sandbox, and how it is told. */
export interface BoundaryOptions {
  /** The label that every object of the sandbox carries, and only those. */
  readonly member: { readonly key: string; readonly value: string };
  /** A label of what Drillbook put beside the fleet (the operator, the gate): procedures do not see it. */
  readonly hiddenLabel: string;
  /** Services of the compose file that Drillbook measures with: to be seen, never to be touched. */
  readonly harnessServices: readonly string[];
  /** Image references that the compose file names. */
  readonly images: readonly string[];
}

export interface ContainerMember {
  readonly id: string;
  readonly name: string;
  /** Compose service; empty for what no service made. */
  readonly service: string;
  /** Made by `docker compose run`, beside the service's own. */
  readonly singleRun: boolean;
}

export type Labels = Readonly<Record<string, string>>;
export interface ContainerEntry {
  readonly Id: string;
  readonly Names: readonly string[];
  readonly Labels: Labels;
}
export interface NetworkEntry {
  readonly Id: string;
  readonly Name: string;
  readonly Labels: Labels;
}
export interface VolumeEntry {
  readonly Name: string;
  readonly Labels: Labels | null;
}

/** Looks things up among what belongs to the sandbox; nothing else exists here. */
export interface Boundary {
  readonly options: BoundaryOptions;
  isMember(labels: Labels | null | undefined): boolean;
  containers(): Promise<readonly ContainerEntry[]>;
  networks(): Promise<readonly NetworkEntry[]>;
  volumes(): Promise<readonly VolumeEntry[]>;
  /** By full id, name, or a prefix of an id that is unique within the sandbox. Throws a Refusal. */
  container(reference: string): Promise<ContainerMember>;
  network(reference: string): Promise<NetworkEntry>;
  volume(name: string): Promise<VolumeEntry>;
  /** Throws a Refusal unless the compose file names the image; returns its id. */
  image(reference: string): Promise<string>;
  /** Refuses what would change a service that Drillbook measures with. */
  mustBeFleet(member: Pick<ContainerMember, 'service'>, attempt: string): void;
  imageIds(): Promise<ReadonlySet<string>>;
}

export const serviceLabel = 'com.docker.compose.service';
/** `True` on a container of one `docker compose run`. */
export const singleRunLabel = 'com.docker.compose.oneoff';
const reference = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,255}$/;

export function createBoundary(engine: EngineClient, options: BoundaryOptions): Boundary {
  const { member, hiddenLabel } = options;
  const filters = encodeURIComponent(JSON.stringify({ label: [`${member.key}=${member.value}`] }));
  const isMember = (labels: Labels | null | undefined): boolean =>
    labels?.[member.key] === member.value && labels[hiddenLabel] === undefined;
  const get = (target: string): Promise<unknown> => engine.json({ method: 'GET', target });
  /** Containers keep their labels for life, so a full id that was looked up once need not be again. */
  const known = new Map<string, ContainerMember>();
  let images: Promise<ReadonlyMap<string, string>> | undefined;

  const containers = async (): Promise<readonly ContainerEntry[]> => {
    const all = (await get(`/containers/json?all=1&filters=${filters}`)) as readonly ContainerEntry[];
    return all.filter(({ Labels }) => isMember(Labels));
  };
  const networks = async (): Promise<readonly NetworkEntry[]> => {
    const all = (await get(`/networks?filters=${filters}`)) as readonly NetworkEntry[];
    return all.filter(({ Labels }) => isMember(Labels));
  };
  const volumes = async (): Promise<readonly VolumeEntry[]> => {
    const all = (await get(`/volumes?filters=${filters}`)) as { readonly Volumes: readonly VolumeEntry[] | null };
    return (all.Volumes ?? []).filter(({ Labels }) => isMember(Labels));
  };
  /** Whether the engine knows it all the same: then somebody reached for what is not theirs. */
  const existsElsewhere = (target: string): Promise<boolean> =>
    get(target).then(
      () => true,
      (error: unknown) => {
        if (error instanceof EngineAnswer) return error.status !== 404;
        throw error;
      },
    );
  const missing = async (what: 'container' | 'network' | 'volume', name: string): Promise<Refusal> => {
    const foreign =
      reference.test(name) && (await existsElsewhere(`/${what}s/${name}${what === 'container' ? '/json' : ''}`));
    return notFound(what, name, foreign ? `reach the ${what} ${name}, which is not of this sandbox` : undefined);
  };
  const imagesByName = (): Promise<ReadonlyMap<string, string>> =>
    (images ??= Promise.all(
      options.images.map(
        async (name) => [name, ((await get(`/images/${name}/json`)) as { readonly Id: string }).Id] as const,
      ),
    ).then((pairs) => new Map(pairs)));

  return {
    options,
    isMember,
    containers,
    networks,
    volumes,
    async container(name) {
      const cached = known.get(name);
      if (cached) return cached;
      const found = pick(
        await containers(),
        name,
        ({ Id }) => Id,
        ({ Names }) => Names.map((one) => one.slice(1)),
      );
      if (!found) throw await missing('container', name);
      const entry = {
        id: found.Id,
        name: found.Names[0]?.slice(1) ?? '',
        service: found.Labels[serviceLabel] ?? '',
        singleRun: found.Labels[singleRunLabel] === 'True',
      };
      known.set(entry.id, entry);
      return entry;
    },
    async network(name) {
      const found = pick(
        await networks(),
        name,
        ({ Id }) => Id,
        ({ Name }) => [Name],
      );
      if (!found) throw await missing('network', name);
      return found;
    },
    async volume(name) {
      const found = (await volumes()).find(({ Name }) => Name === name);
      if (!found) throw await missing('volume', name);
      return found;
    },
    async image(name) {
      const byName = await imagesByName();
      const plain = name.replace(/^docker\.io\/(library\/)?/, '');
      const id =
        byName.get(plain) ??
        [...byName.values()].find(
          (one) => one === name || (/^[0-9a-f]{12,64}$/.test(name) && one.startsWith(`sha256:${name}`)),
        );
      if (id === undefined) throw notFound('image', name);
      return id;
    },
    mustBeFleet({ service }, attempt) {
      if (options.harnessServices.includes(service))
        throw refuse(attempt, `${service} is what Drillbook measures with, and no part of the fleet`);
    },
    imageIds: async () => new Set((await imagesByName()).values()),
  };
}

/** As the engine resolves a reference: the full id, else the name, else the one id that begins with it. */
function pick<T>(
  entries: readonly T[],
  name: string,
  idOf: (entry: T) => string,
  namesOf: (entry: T) => readonly string[],
): T | undefined {
  const exact = entries.find((entry) => idOf(entry) === name) ?? entries.find((entry) => namesOf(entry).includes(name));
  if (exact) return exact;
  const beginning = /^[0-9a-f]+$/.test(name) ? entries.filter((entry) => idOf(entry).startsWith(name)) : [];
  return beginning.length === 1 ? beginning[0] : undefined;
}
