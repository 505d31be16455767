import { narrowFilters } from '../filters.ts';
import { refuse, Refusal } from '../refusal.ts';
import type { Call, Reply, Route } from '../route.ts';
import type { ContainerEntry, VolumeEntry } from '../sandbox-objects.ts';

/** What a client needs to know about the machine. Counts and names of foreign objects are not included. */
const infoFields = [
  'Architecture',
  'CgroupDriver',
  'CgroupVersion',
  'CpuCfsPeriod',
  'CpuCfsQuota',
  'CPUSet',
  'CPUShares',
  'DefaultRuntime',
  'Driver',
  'KernelVersion',
  'LoggingDriver',
  'MemoryLimit',
  'MemTotal',
  'NCPU',
  'OomKillDisable',
  'OperatingSystem',
  'OSType',
  'OSVersion',
  'PidsLimit',
  'SecurityOptions',
  'ServerVersion',
  'SwapLimit',
];

const info: Route = {
  method: 'GET',
  path: 'info',
  async act({ engine, boundary, target }) {
    const all = (await engine.json({ method: 'GET', target: target(['info']) })) as Readonly<Record<string, unknown>>;
    const states = (await boundary.containers()).map((container) =>
      String((container as ContainerEntry & { readonly State?: unknown }).State),
    );
    const count = (state: string): number => states.filter((one) => one === state).length;
    const value = {
      ...Object.fromEntries(infoFields.filter((field) => field in all).map((field) => [field, all[field]])),
      ID: '',
      Name: 'sandbox',
      Containers: states.length,
      ContainersRunning: count('running'),
      ContainersPaused: count('paused'),
      ContainersStopped: states.length - count('running') - count('paused'),
      Images: (await boundary.imageIds()).size,
    };
    return { kind: 'value', status: 200, value };
  },
};

const diskUsage: Route = {
  method: 'GET',
  path: 'system/df',
  query: ['type', 'verbose'],
  async act({ engine, boundary, target }) {
    interface Usage {
      readonly Containers?: readonly ContainerEntry[] | null;
      readonly Volumes?: readonly VolumeEntry[] | null;
      readonly Images?: readonly { readonly Id: string; readonly Size: number }[] | null;
    }
    const all = (await engine.json({
      method: 'GET',
      target: target(['system', 'df'], { type: '', verbose: '' }),
    })) as Usage;
    const ids = await boundary.imageIds();
    const images = (all.Images ?? []).filter(({ Id }) => ids.has(Id));
    const value = {
      LayersSize: images.reduce((sum, { Size }) => sum + Size, 0),
      Images: images,
      Containers: (all.Containers ?? []).filter(({ Labels }) => boundary.isMember(Labels)),
      Volumes: (all.Volumes ?? []).filter(({ Labels }) => boundary.isMember(Labels)),
      BuildCache: [],
    };
    return { kind: 'value', status: 200, value };
  },
};

interface EngineEvent {
  readonly Type?: string;
  readonly Actor?: { readonly ID?: string; readonly Attributes?: Readonly<Record<string, string>> };
}

const events: Route = {
  method: 'GET',
  path: 'events',
  query: ['since', 'until', 'filters'],
  async act({ request, boundary, project, target }) {
    const filters = narrowFilters(request.query.get('filters'), undefined);
    // The names of a sandbox's networks and volumes begin with its project, also in the events of their removal.
    const isOurs = (name: string | undefined): boolean => name?.startsWith(`${project}_`) === true;
    const keep = (value: unknown): boolean => {
      const { Type: type, Actor: actor } = value as EngineEvent;
      if (type === 'container') return boundary.isMember(actor?.Attributes);
      if (type === 'network') return isOurs(actor?.Attributes?.['name']);
      return type === 'volume' && isOurs(actor?.ID);
    };
    return {
      kind: 'lines',
      keep,
      upstream: { method: 'GET', target: target(['events'], { filters: JSON.stringify(filters) }) },
    };
  },
};

const pass = (path: string, method: 'GET' | 'HEAD' = 'GET'): Route => ({
  method,
  path,
  act: async ({ target }): Promise<Reply> => ({ kind: 'pass', upstream: { method, target: target(path.split('/')) } }),
});

/** An endpoint that the engine has and no procedure gets. It has a route so that the message can name the attempt. */
function never(method: Route['method'], path: string, attempt: (call: Call) => string, why: string): Route {
  return { method, path, query: ['*'], body: 'ignored', act: (call) => Promise.reject(refuse(attempt(call), why)) };
}

const imagesStay = 'a sandbox runs the images that it was started with';

export const systemRoutes: readonly Route[] = [
  pass('_ping'),
  pass('_ping', 'HEAD'),
  pass('version'),
  info,
  diskUsage,
  events,
  {
    // `docker inspect` asks for this last, if no other object has the name.
    method: 'GET',
    path: 'plugins/:plugin/json',
    act: ({ named }) => Promise.reject(new Refusal(`plugin "${named['plugin']}" not found`, { status: 404 })),
  },
  never(
    'POST',
    'images/create',
    ({ request: { query } }) =>
      `pull ${query.get('fromImage') ?? 'an image'}${query.has('tag') ? `:${query.get('tag')}` : ''}`,
    imagesStay,
  ),
  never('POST', 'images/load', () => 'load an image', imagesStay),
  never('POST', 'images/*image/push', ({ named }) => `push ${named['image']}`, 'nothing leaves a sandbox'),
  never('POST', 'images/*image/tag', ({ named }) => `tag ${named['image']}`, imagesStay),
  never('DELETE', 'images/*image', ({ named }) => `remove the image ${named['image']}`, imagesStay),
  never('POST', 'build', () => 'build an image', imagesStay),
  never('POST', 'commit', () => 'make an image of a container', imagesStay),
  never('POST', 'session', () => 'open a build session', imagesStay),
  never('POST', 'grpc', () => 'open a build session', imagesStay),
  never('POST', 'auth', () => 'log in to a registry', 'nothing leaves a sandbox'),
];
