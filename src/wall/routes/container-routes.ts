import { findContainerProblem, findUpdateProblem, isNameOf, withLabels } from '../compare-creation.ts';
import { serviceLabel, type ContainerEntry, type ContainerMember } from '../boundary.ts';
import { narrowFilters } from '../filters.ts';
import { refuse } from '../refusal.ts';
import { textOf, type Call, type Order, type Reply, type Route } from '../route.ts';

/** Looks only: any container of the sandbox, those of the harness too. */
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

/**
 * An order that changes how a container runs. One to a service that Drillbook measures with is answered as if it had been carried out:
 * in production there is no such service, and so a procedure that means the whole fleet does not mean it.
 */
function order(action: Order | 'start' | 'unpause', query: readonly string[] = []): Route {
  return {
    method: 'POST',
    path: `containers/:container/${action}`,
    query,
    async act(call) {
      const member = await memberOf(call);
      if (call.boundary.options.harnessServices.includes(member.service)) {
        call.spare(`${action} ${member.service}`);
        return { kind: 'value', status: 204 };
      }
      const grace = query.includes('t') ? await graceOf(member, call) : {};
      if (action !== 'start' && action !== 'unpause') interrupt(member, action, call);
      return {
        kind: 'pass',
        upstream: { method: 'POST', target: call.target(['containers', member.id, action], grace) },
        called: { id: member.id, as: call.named['container'] ?? '' },
      };
    },
  };
}

/** What a process may take as a request to look at its settings anew, or as anything else but its end. */
const harmless = /^(?:SIG)?(?:HUP|USR1|USR2|WINCH|CONT)$/i;

/** The container of a single run is the procedure's own. */
function interrupt({ service, singleRun }: ContainerMember, action: Order, { request, obey }: Call): void {
  if (singleRun || (action === 'kill' && harmless.test(request.query.get('signal') ?? ''))) return;
  obey(service, action);
}

/** What the engine gives a container where nobody says how long it may take to end, seconds. */
const engineGrace = 10;

/**
 * How long a container may take to end before it is killed. It ends on the sandbox's clock and the engine waits on the host's, in
 * whole seconds: rounded up, for a process that had its time and is killed all the same would be a finding about nothing.
 */
async function graceOf(
  { id, service }: ContainerMember,
  { request, engine, toRealSeconds }: Call,
): Promise<Readonly<Record<string, string>>> {
  if (toRealSeconds(service, engineGrace) === engineGrace) return {};
  const asked = request.query.get('t');
  const seconds = asked === undefined ? await ownGrace(id, engine) : Number(asked);
  // 0 is at once, -1 is for ever, and what is no number is the engine's to refuse.
  return seconds > 0 ? { t: String(Math.ceil(toRealSeconds(service, seconds))) } : {};
}

async function ownGrace(id: string, engine: Call['engine']): Promise<number> {
  const { Config } = (await engine.json({ method: 'GET', target: `/containers/${id}/json` })) as {
    readonly Config?: { readonly StopTimeout?: number };
  };
  return Config?.StopTimeout ?? engineGrace;
}

function memberOf({ boundary, named }: Call): Promise<ContainerMember> {
  return boundary.container(named['container'] ?? '');
}

const list: Route = {
  method: 'GET',
  path: 'containers/json',
  query: ['all', 'limit', 'size', 'filters'],
  async act({ request, boundary, engine, target }) {
    const { member } = boundary.options;
    const filters = narrowFilters(request.query.get('filters'), `${member.key}=${member.value}`);
    const limit = Number(request.query.get('limit') ?? 0);
    // The engine counts what is hidden here towards the limit, so it is applied afterwards; with one, the engine lists all.
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
  // One at a time: the number of containers is looked at before one more is made.
  act: (call) => call.exclusively(() => createContainer(call)),
};

async function createContainer({
  request,
  body = {},
  boundary,
  creations,
  project,
  ceiling,
  labels,
  touched,
  engine,
  target,
}: Call): Promise<Reply> {
  const name = request.query.get('name') ?? '';
  const service = textOf((body['Labels'] as Record<string, unknown> | null | undefined)?.[serviceLabel]);
  const what = `create a container${service === '' ? '' : ` of ${service}`} from ${textOf(body['Image'])}`;
  boundary.mustBeFleet({ service }, what);
  const siblings = (await boundary.containers()).filter(({ Labels }) => Labels[serviceLabel] === service);
  const inherited = await inheritedMounts(siblings, engine);
  const problem = findContainerProblem({ name, body }, creations, { project, ...ceiling, inherited });
  if (problem !== undefined) throw refuse(what, problem);
  // One beside the one there is: a recreation, or one `compose run`.
  if (siblings.length > 1) throw refuse(what, `${service} has ${siblings.length} containers already`);
  touched(service);
  const answer = await engine.json({
    method: 'POST',
    target: target(['containers', 'create']),
    body: withLabels(body, labels),
  });
  return { kind: 'value', status: 201, value: answer };
}

async function inheritedMounts(
  siblings: readonly ContainerEntry[],
  engine: Call['engine'],
): Promise<readonly { readonly volume: string; readonly target: string }[]> {
  interface Mount {
    readonly Type: string;
    readonly Name?: string;
    readonly Destination: string;
  }
  const found = await Promise.all(
    siblings.map(
      async ({ Id }) =>
        (
          (await engine.json({ method: 'GET', target: `/containers/${Id}/json` })) as {
            readonly Mounts: readonly Mount[];
          }
        ).Mounts,
    ),
  );
  // Only anonymous ones: their names are 64 hexadecimal digits.
  return found
    .flat()
    .flatMap(({ Type, Name, Destination }) =>
      Type === 'volume' && Name !== undefined && /^[0-9a-f]{64}$/.test(Name)
        ? [{ volume: Name, target: Destination }]
        : [],
    );
}

const remove: Route = {
  method: 'DELETE',
  path: 'containers/:container',
  query: ['force', 'v', 'link'],
  async act(call) {
    const member = await memberOf(call);
    call.boundary.mustBeFleet(member, `remove ${member.name}`);
    interrupt(member, 'remove', call);
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
    call.touched(member.service);
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

/** Files go neither in nor out: what a block needs is in the project, and what it makes stays in the sandbox. */
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
