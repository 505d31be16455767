import type { EngineClient } from './engine-client.ts';

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

/** How to recognise what belongs to the sandbox. */
export interface MemberLabels {
  /** The label that every object of the sandbox has, and no other object. */
  readonly member: { readonly key: string; readonly value: string };
  /** A label of what Drillbook added to the fleet (the operator, the relay). Procedures do not see those objects. */
  readonly hiddenLabel: string;
}

/** Lists the objects of the sandbox that a procedure may see. */
export interface SandboxObjects {
  isMember(labels: Labels | null | undefined): boolean;
  containers(): Promise<readonly ContainerEntry[]>;
  networks(): Promise<readonly NetworkEntry[]>;
  volumes(): Promise<readonly VolumeEntry[]>;
}

/** Asks the engine at each call, because procedures create and remove objects. */
export function createSandboxObjects(engine: EngineClient, { member, hiddenLabel }: MemberLabels): SandboxObjects {
  const filters = encodeURIComponent(JSON.stringify({ label: [`${member.key}=${member.value}`] }));
  const get = (target: string): Promise<unknown> => engine.json({ method: 'GET', target });
  const isMember = (labels: Labels | null | undefined): boolean =>
    labels?.[member.key] === member.value && labels[hiddenLabel] === undefined;
  const ownOf = <T extends { readonly Labels: Labels | null }>(all: readonly T[]): readonly T[] =>
    all.filter(({ Labels }) => isMember(Labels));
  return {
    isMember,
    containers: async () =>
      ownOf((await get(`/containers/json?all=1&filters=${filters}`)) as readonly ContainerEntry[]),
    networks: async () => ownOf((await get(`/networks?filters=${filters}`)) as readonly NetworkEntry[]),
    async volumes() {
      const { Volumes } = (await get(`/volumes?filters=${filters}`)) as {
        readonly Volumes: readonly VolumeEntry[] | null;
      };
      return ownOf(Volumes ?? []);
    },
  };
}
