import { EngineAnswer, type EngineClient } from './engine-client.ts';
import { createImageIndex } from './image-index.ts';
import { notFound, refuse, Refusal } from './refusal.ts';
import {
  createSandboxObjects,
  type ContainerEntry,
  type MemberLabels,
  type NetworkEntry,
  type SandboxObjects,
  type VolumeEntry,
} from './sandbox-objects.ts';

/** How the wall knows what belongs to a sandbox. */
export interface BoundaryOptions extends MemberLabels {
  /** Services of the compose file with which Drillbook measures. Procedures see them, and may not change them. */
  readonly harnessServices: readonly string[];
  /** Image references that the compose file names. */
  readonly images: readonly string[];
}

export interface ContainerMember {
  readonly id: string;
  readonly name: string;
  /** Compose service; empty if no service created the container. */
  readonly service: string;
  /** Created by `docker compose run`, in addition to the service's own container. */
  readonly singleRun: boolean;
}

/** Looks objects up among those of the sandbox. For a procedure there are no others. */
export interface Boundary extends SandboxObjects {
  readonly options: BoundaryOptions;
  /** By full id, name, or a prefix of an id that is unique within the sandbox. @throws Refusal */
  container(reference: string): Promise<ContainerMember>;
  /** As `container`. @throws Refusal */
  network(reference: string): Promise<NetworkEntry>;
  /** @throws Refusal */
  volume(name: string): Promise<VolumeEntry>;
  /** The id of an image. @throws Refusal if the compose file does not name the image */
  image(reference: string): Promise<string>;
  imageIds(): Promise<ReadonlySet<string>>;
  /** @throws Refusal if the order would change a service with which Drillbook measures */
  mustBeFleet(member: Pick<ContainerMember, 'service'>, attempt: string): void;
}

export const serviceLabel = 'com.docker.compose.service';
/** `True` on a container of one `docker compose run`. */
export const singleRunLabel = 'com.docker.compose.oneoff';

export function createBoundary(engine: EngineClient, options: BoundaryOptions): Boundary {
  const objects = createSandboxObjects(engine, options);
  const images = createImageIndex(engine, options.images);
  /** By full id. Labels of a container never change, so that one look-up is enough. */
  const known = new Map<string, ContainerMember>();

  return {
    options,
    ...objects,
    async container(reference) {
      const cached = known.get(reference);
      if (cached) return cached;
      const namesOf = ({ Names }: ContainerEntry): readonly string[] => Names.map((name) => name.slice(1));
      const found = pick(await objects.containers(), reference, namesOf);
      if (!found) throw await missing(engine, 'container', reference);
      const member = memberOf(found);
      known.set(member.id, member);
      return member;
    },
    async network(reference) {
      const found = pick(await objects.networks(), reference, ({ Name }) => [Name]);
      if (!found) throw await missing(engine, 'network', reference);
      return found;
    },
    async volume(name) {
      const found = (await objects.volumes()).find(({ Name }) => Name === name);
      if (!found) throw await missing(engine, 'volume', name);
      return found;
    },
    async image(reference) {
      const id = await images.find(reference);
      if (id === undefined) throw notFound('image', reference);
      return id;
    },
    imageIds: () => images.ids(),
    mustBeFleet({ service }, attempt) {
      if (options.harnessServices.includes(service))
        throw refuse(attempt, `Drillbook measures with ${service}, which is no part of the fleet`);
    },
  };
}

function memberOf({ Id, Names, Labels }: ContainerEntry): ContainerMember {
  return {
    id: Id,
    name: Names[0]?.slice(1) ?? '',
    service: Labels[serviceLabel] ?? '',
    singleRun: Labels[singleRunLabel] === 'True',
  };
}

/**
 * The refusal of an object that the sandbox does not have. The client always gets "not found". If the engine has such
 * an
 * object, the block reached for something foreign, and the refusal carries that attempt.
 */
async function missing(
  engine: EngineClient,
  kind: 'container' | 'network' | 'volume',
  reference: string,
): Promise<Refusal> {
  const canExist = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,255}$/.test(reference);
  const target = `/${kind}s/${reference}${kind === 'container' ? '/json' : ''}`;
  const isForeign = canExist && (await exists(engine, target));
  return notFound(
    kind,
    reference,
    isForeign ? `reach the ${kind} ${reference}, which is not of this sandbox` : undefined,
  );
}

async function exists(engine: EngineClient, target: string): Promise<boolean> {
  try {
    await engine.json({ method: 'GET', target });
    return true;
  } catch (error) {
    if (error instanceof EngineAnswer) return error.status !== 404;
    throw error;
  }
}

/** Resolves a reference as the engine does: the full id, else the name, else the only id that begins with it. */
function pick<T extends { readonly Id: string }>(
  entries: readonly T[],
  reference: string,
  namesOf: (entry: T) => readonly string[],
): T | undefined {
  const exact =
    entries.find(({ Id }) => Id === reference) ?? entries.find((entry) => namesOf(entry).includes(reference));
  if (exact) return exact;
  const byPrefix = /^[0-9a-f]+$/.test(reference) ? entries.filter(({ Id }) => Id.startsWith(reference)) : [];
  return byPrefix.length === 1 ? byPrefix[0] : undefined;
}
