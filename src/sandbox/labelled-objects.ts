import type Docker from 'dockerode';

import { statusOf } from './engine.ts';

/** An object in the engine that carries labels. */
export interface LabelledObject {
  readonly kind: 'container' | 'network' | 'volume';
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /**
   * Looks again, and removes the object if its labels are still as wanted: only its name identifies a volume, and
   * another volume may have that name by now. An object that is gone, or that is being removed, is no error.
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
    // On some engines `volumes` is null if there are none.
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
      const isUnderWay = statusOf(error) === 409 && /removal of container .* already in progress/.test(String(error));
      if (statusOf(error) === 404 || isUnderWay) return;
      throw error;
    }
  };
}
