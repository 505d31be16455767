import type Docker from 'dockerode';

/** Something in the engine that carries labels. */
export interface LabelledObject {
  readonly kind: 'container' | 'network' | 'volume';
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /**
   * Looks at it once more and removes it if its labels are still as wanted: a volume is known by its name alone, and
   * another may bear that name by now. What is gone already, or is being removed, is fine.
   */
  removeIf(isWanted: (labels: Readonly<Record<string, string>>) => boolean): Promise<void>;
}

/** Every container in any state, network and volume that carries all these labels (`key` or `key=value`). */
export async function listLabelled(docker: Docker, label: readonly string[]): Promise<readonly LabelledObject[]> {
  const filters = { label: [...label] };
  const [containers, networks, { Volumes: volumes }] = await Promise.all([
    docker.listContainers({ all: true, filters }),
    docker.listNetworks({ filters }),
    docker.listVolumes({ filters }),
  ]);
  return [
    ...containers.map(({ Id, Names, Labels }): LabelledObject => {
      const container = docker.getContainer(Id);
      const look = async () => (await container.inspect()).Config.Labels;
      const remove = () => container.remove({ force: true, v: true });
      return { kind: 'container', name: Names[0]?.slice(1) ?? Id, labels: Labels, removeIf: removing(look, remove) };
    }),
    ...networks.map(({ Id, Name, Labels }): LabelledObject => {
      const network = docker.getNetwork(Id);
      const look = async () => ((await network.inspect()) as { Labels: Record<string, string> | null }).Labels ?? {};
      return { kind: 'network', name: Name, labels: Labels ?? {}, removeIf: removing(look, () => network.remove()) };
    }),
    // `volumes` is null where there are none on some engines.
    ...(volumes ?? []).map(({ Name, Labels }): LabelledObject => {
      const volume = docker.getVolume(Name);
      const look = async () => (await volume.inspect()).Labels ?? {};
      return { kind: 'volume', name: Name, labels: Labels ?? {}, removeIf: removing(look, () => volume.remove()) };
    }),
  ];
}

function removing(
  look: () => Promise<Readonly<Record<string, string>>>,
  remove: () => Promise<unknown>,
): LabelledObject['removeIf'] {
  return async (isWanted) => {
    try {
      if (isWanted(await look())) await remove();
    } catch (error) {
      const { statusCode, message = '' } = error as { statusCode?: number; message?: string };
      if (statusCode === 404 || (statusCode === 409 && /removal of container .* already in progress/.test(message)))
        return;
      throw error;
    }
  };
}
