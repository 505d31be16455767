import type { EngineClient } from './engine-client.ts';

/** The images that the compose file names, by name and id. */
export interface ImageIndex {
  /** The id of an image; undefined if the compose file does not name it. */
  find(reference: string): Promise<string | undefined>;
  ids(): Promise<ReadonlySet<string>>;
}

/** Asks the engine for the ids once: while a sandbox is up, its images stay the same. */
export function createImageIndex(engine: EngineClient, names: readonly string[]): ImageIndex {
  let found: Promise<ReadonlyMap<string, string>> | undefined;
  const idOf = async (name: string): Promise<readonly [string, string]> => {
    const image = (await engine.json({ method: 'GET', target: `/images/${name}/json` })) as { readonly Id: string };
    return [name, image.Id];
  };
  const idsByName = (): Promise<ReadonlyMap<string, string>> =>
    (found ??= Promise.all(names.map(idOf)).then((pairs) => new Map(pairs)));
  return {
    async find(reference) {
      const byName = await idsByName();
      const plain = reference.replace(/^docker\.io\/(library\/)?/, '');
      return byName.get(plain) ?? [...byName.values()].find((id) => isIdOf(id, reference));
    },
    ids: async () => new Set((await idsByName()).values()),
  };
}

/** Whether a reference is this id, or a prefix of it in the form that `docker` prints. */
function isIdOf(id: string, reference: string): boolean {
  return id === reference || (/^[0-9a-f]{12,64}$/.test(reference) && id.startsWith(`sha256:${reference}`));
}
