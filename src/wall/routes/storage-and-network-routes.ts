import { findConnectProblem, findObjectProblem, withLabels } from '../compare-creation.ts';
import { narrowFilters } from '../filters.ts';
import { notFound, refuse, Refusal } from '../refusal.ts';
import { textOf, type Call, type Reply, type Route } from '../route.ts';

/** Compose puts it on every object of a project. */
const projectLabel = 'com.docker.compose.project';
const pruneLabel = ({ boundary }: Call): string => `${boundary.options.member.key}=${boundary.options.member.value}`;

/**
 * Removes unused objects, of this sandbox only. Without a filter for the own project, the request would reach other
 * projects of a host as well.
 */
function prune(kind: 'containers' | 'networks' | 'volumes' | 'images'): Route {
  return {
    method: 'POST',
    path: `${kind}/prune`,
    query: ['filters'],
    body: 'ignored',
    async act(call) {
      const filters = narrowFilters(call.request.query.get('filters'), pruneLabel(call));
      if (!filters['label']?.includes(`${projectLabel}=${call.project}`))
        call.reportNarrowed(`remove all unused ${kind} of the host`);
      return {
        kind: 'pass',
        upstream: { method: 'POST', target: call.target([kind, 'prune'], { filters: JSON.stringify(filters) }) },
      };
    },
  };
}

function create(kind: 'networks' | 'volumes'): Route {
  return {
    method: 'POST',
    path: `${kind}/create`,
    body: 'json',
    // One at a time, because the existing objects are checked first.
    act: (call) => call.exclusively(() => createObject(kind, call)),
  };
}

async function createObject(
  kind: 'networks' | 'volumes',
  { body = {}, boundary, creations, labels, engine, target }: Call,
): Promise<Reply> {
  const name = textOf(body['Name']);
  const problem = findObjectProblem(kind, body, creations);
  if (problem !== undefined) throw refuse(`create the ${kind.slice(0, -1)} ${name}`, problem);
  // The engine would create further networks of the same name, until it has no addresses left for anyone.
  if (kind === 'networks' && (await boundary.networks()).some(({ Name }) => Name === name))
    throw new Refusal(`network with name ${name} already exists`, { status: 409 });
  const made = await engine.json({ method: 'POST', target: target([kind, 'create']), body: withLabels(body, labels) });
  return { kind: 'value', status: 201, value: made };
}

interface NetworkFacts {
  readonly Labels: Readonly<Record<string, string>>;
  readonly Containers?: Readonly<Record<string, unknown>>;
}

/**
 * Leaves hidden containers out of the description of a network. Lists describe containers too before API version
 * 1.28.
 */
async function withOwnContainers<T extends NetworkFacts>(
  found: readonly T[],
  { boundary }: Call,
): Promise<readonly T[]> {
  if (found.every(({ Containers }) => Containers === undefined)) return found;
  const own = new Set((await boundary.containers()).map(({ Id }) => Id));
  return found.map((network) => ({
    ...network,
    Containers: Object.fromEntries(Object.entries(network.Containers ?? {}).filter(([id]) => own.has(id))),
  }));
}

const inspectNetwork: Route = {
  method: 'GET',
  path: 'networks/:network',
  query: ['scope', 'verbose'],
  async act(call) {
    const { Id } = await call.boundary.network(call.named['network'] ?? '');
    const found = (await call.engine.json({ method: 'GET', target: call.target(['networks', Id]) })) as NetworkFacts;
    return { kind: 'value', status: 200, value: (await withOwnContainers([found], call))[0] };
  },
};

const connect: Route = {
  method: 'POST',
  path: 'networks/:network/connect',
  body: 'json',
  async act(call) {
    const { body = {}, boundary, creations } = call;
    const network = await boundary.network(call.named['network'] ?? '');
    const member = await boundary.container(textOf(body['Container']));
    const what = `connect ${member.name} to ${network.Name}`;
    boundary.mustBeFleet(member, what);
    const odd = Object.keys(body).find((key) => key !== 'Container' && key !== 'EndpointConfig');
    const problem =
      odd === undefined
        ? findConnectProblem(member.service, network.Name, member.name, body['EndpointConfig'], creations)
        : `the field ${odd} is not known`;
    if (problem !== undefined) throw refuse(what, problem);
    return {
      kind: 'pass',
      upstream: {
        method: 'POST',
        target: call.target(['networks', network.Id, 'connect']),
        body: { ...body, Container: member.id },
      },
    };
  },
};

const disconnect: Route = {
  method: 'POST',
  path: 'networks/:network/disconnect',
  body: 'json',
  async act(call) {
    const { body = {}, boundary } = call;
    const network = await boundary.network(call.named['network'] ?? '');
    const member = await boundary.container(textOf(body['Container']));
    boundary.mustBeFleet(member, `disconnect ${member.name}`);
    return {
      kind: 'pass',
      upstream: {
        method: 'POST',
        target: call.target(['networks', network.Id, 'disconnect']),
        body: { Container: member.id, Force: body['Force'] === true },
      },
    };
  },
};

export const storageAndNetworkRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: 'networks',
    query: ['filters'],
    async act(call) {
      const filters = narrowFilters(call.request.query.get('filters'), pruneLabel(call));
      const all = (await call.engine.json({
        method: 'GET',
        target: call.target(['networks'], { filters: JSON.stringify(filters) }),
      })) as readonly NetworkFacts[];
      const own = all.filter(({ Labels }) => call.boundary.isMember(Labels));
      return { kind: 'value', status: 200, value: await withOwnContainers(own, call) };
    },
  },
  inspectNetwork,
  create('networks'),
  connect,
  disconnect,
  {
    method: 'DELETE',
    path: 'networks/:network',
    async act(call) {
      const { Id } = await call.boundary.network(call.named['network'] ?? '');
      return { kind: 'pass', upstream: { method: 'DELETE', target: call.target(['networks', Id]) } };
    },
  },
  {
    method: 'GET',
    path: 'volumes',
    query: ['filters'],
    async act(call) {
      const filters = narrowFilters(call.request.query.get('filters'), pruneLabel(call));
      return {
        kind: 'pass',
        upstream: { method: 'GET', target: call.target(['volumes'], { filters: JSON.stringify(filters) }) },
      };
    },
  },
  {
    method: 'GET',
    path: 'volumes/:volume',
    async act(call) {
      const { Name } = await call.boundary.volume(call.named['volume'] ?? '');
      return { kind: 'pass', upstream: { method: 'GET', target: call.target(['volumes', Name]) } };
    },
  },
  create('volumes'),
  {
    method: 'DELETE',
    path: 'volumes/:volume',
    query: ['force'],
    async act(call) {
      const { Name } = await call.boundary.volume(call.named['volume'] ?? '');
      return { kind: 'pass', upstream: { method: 'DELETE', target: call.target(['volumes', Name]) } };
    },
  },
  {
    method: 'GET',
    path: 'images/*image/json',
    async act(call) {
      const reference = call.named['image'] ?? '';
      if (!/^[A-Za-z0-9][A-Za-z0-9._:@/-]*$/.test(reference)) throw notFound('image', reference);
      const id = await call.boundary.image(reference);
      return { kind: 'pass', upstream: { method: 'GET', target: call.target(['images', id, 'json']) } };
    },
  },
  {
    method: 'GET',
    path: 'images/json',
    query: ['all', 'digests', 'filters', 'shared-size'],
    async act(call) {
      const filters = narrowFilters(call.request.query.get('filters'), undefined);
      const ids = await call.boundary.imageIds();
      const all = (await call.engine.json({
        method: 'GET',
        target: call.target(['images', 'json'], { filters: JSON.stringify(filters) }),
      })) as readonly { readonly Id: string }[];
      return { kind: 'value', status: 200, value: all.filter(({ Id }) => ids.has(Id)) };
    },
  },
  prune('containers'),
  prune('networks'),
  prune('volumes'),
  prune('images'),
  {
    // The build cache has nothing of a sandbox.
    method: 'POST',
    path: 'build/prune',
    query: ['all', 'filters', 'keep-storage'],
    body: 'ignored',
    async act({ reportNarrowed }) {
      reportNarrowed('remove the build cache of the host');
      return { kind: 'value', status: 200, value: { CachesDeleted: [], SpaceReclaimed: 0 } };
    },
  },
];
