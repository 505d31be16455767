import { findUpdateProblem, isNameOf } from '../compare-creation.ts';
import { narrowFilters } from '../filters.ts';
import { refuse } from '../refusal.ts';
import type { Route } from '../route.ts';
import type { ContainerEntry } from '../sandbox-objects.ts';
import { interrupt, memberOf, order } from './container-orders.ts';
import { createContainer } from './create-container.ts';

/** A look at a container of the sandbox, which may also be one of the harness. */
function look(path: string, query: readonly string[] = []): Route {
  return {
    method: 'GET',
    path: `containers/:container/${path}`,
    query,
    async act(call) {
      const { id } = await memberOf(call);
      return { kind: 'pass', upstream: { method: 'GET', target: call.target(['containers', id, path]) } };
    },
  };
}

const list: Route = {
  method: 'GET',
  path: 'containers/json',
  query: ['all', 'limit', 'size', 'filters'],
  async act({ request, boundary, engine, target }) {
    const { member } = boundary.options;
    const filters = narrowFilters(request.query.get('filters'), `${member.key}=${member.value}`);
    const limit = Number(request.query.get('limit') ?? 0);
    // The engine would count hidden containers towards the limit. So ask for all of them, and apply the limit here.
    const query = { filters: JSON.stringify(filters), ...(limit > 0 ? { all: '1', limit: '' } : {}) };
    const all = (await engine.json({
      method: 'GET',
      target: target(['containers', 'json'], query),
    })) as readonly ContainerEntry[];
    const own = all.filter(({ Labels }) => boundary.isMember(Labels));
    return { kind: 'value', status: 200, value: limit > 0 ? own.slice(0, limit) : own };
  },
};

const create: Route = {
  method: 'POST',
  path: 'containers/create',
  query: ['name', 'platform'],
  body: 'json',
  // One at a time, because the number of the service's containers is checked first.
  act: (call) => call.exclusively(() => createContainer(call)),
};

const remove: Route = {
  method: 'DELETE',
  path: 'containers/:container',
  query: ['force', 'v', 'link'],
  async act(call) {
    const member = await memberOf(call);
    call.boundary.mustBeFleet(member, `remove ${member.name}`);
    await interrupt(member, 'remove', call);
    return { kind: 'pass', upstream: { method: 'DELETE', target: call.target(['containers', member.id]) } };
  },
};

const rename: Route = {
  method: 'POST',
  path: 'containers/:container/rename',
  query: ['name'],
  async act(call) {
    const member = await memberOf(call);
    const name = call.request.query.get('name') ?? '';
    call.boundary.mustBeFleet(member, `rename ${member.name}`);
    if (!isNameOf(name, call.project))
      throw refuse(`rename ${member.name} to ${name}`, `its name must begin with ${call.project}-`);
    return { kind: 'pass', upstream: { method: 'POST', target: call.target(['containers', member.id, 'rename']) } };
  },
};

const update: Route = {
  method: 'POST',
  path: 'containers/:container/update',
  body: 'json',
  async act(call) {
    const member = await memberOf(call);
    const { body = {} } = call;
    call.boundary.mustBeFleet(member, `change the limits of ${member.name}`);
    const problem = findUpdateProblem(body, call.ceiling);
    if (problem !== undefined) throw refuse(`change the limits of ${member.name}`, problem);
    call.reportTouched(member.service);
    return {
      kind: 'pass',
      upstream: { method: 'POST', target: call.target(['containers', member.id, 'update']), body },
    };
  },
};

const attach: Route = {
  method: 'POST',
  path: 'containers/:container/attach',
  query: ['detachKeys', 'logs', 'stream', 'stdin', 'stdout', 'stderr'],
  async act(call) {
    const member = await memberOf(call);
    call.boundary.mustBeFleet(member, `attach to ${member.name}`);
    return { kind: 'hijack', upstream: { method: 'POST', target: call.target(['containers', member.id, 'attach']) } };
  },
};

const wait: Route = {
  method: 'POST',
  path: 'containers/:container/wait',
  query: ['condition'],
  async act(call) {
    const { id } = await memberOf(call);
    return { kind: 'pass', upstream: { method: 'POST', target: call.target(['containers', id, 'wait']) } };
  },
};

/** No file goes into or out of a container: a block reads the project, and what it makes stays in the sandbox. */
function copy(method: 'GET' | 'HEAD' | 'PUT', path: string): Route {
  return {
    method,
    path: `containers/:container/${path}`,
    query: ['path', 'noOverwriteDirNonDir', 'copyUIDGID'],
    body: 'ignored',
    async act(call) {
      const { name } = await memberOf(call);
      throw refuse(`copy files of ${name}`, 'nothing is copied into or out of a container');
    },
  };
}

export const containerRoutes: readonly Route[] = [
  list,
  create,
  look('json', ['size']),
  look('logs', ['follow', 'stdout', 'stderr', 'since', 'until', 'timestamps', 'tail', 'details']),
  look('stats', ['stream', 'one-shot']),
  look('top', ['ps_args']),
  look('changes'),
  order('start', ['detachKeys']),
  order('stop', ['t', 'signal']),
  order('restart', ['t', 'signal']),
  order('kill', ['signal']),
  order('pause'),
  order('unpause'),
  {
    method: 'POST',
    path: 'containers/:container/resize',
    query: ['h', 'w'],
    async act(call) {
      const member = await memberOf(call);
      call.boundary.mustBeFleet(member, `resize the terminal of ${member.name}`);
      return { kind: 'pass', upstream: { method: 'POST', target: call.target(['containers', member.id, 'resize']) } };
    },
  },
  rename,
  update,
  attach,
  wait,
  remove,
  copy('GET', 'archive'),
  copy('HEAD', 'archive'),
  copy('PUT', 'archive'),
  copy('GET', 'export'),
];
