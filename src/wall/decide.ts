import { foldName, type Body } from './compare-creation.ts';
import { formatTarget, parseEngineRequest, type EngineRequest } from './engine-request.ts';
import { refuse, Refusal } from './refusal.ts';
import { matchPath, type Call, type Reply, type Route, type Surroundings } from './route.ts';
import { containerRoutes } from './routes/container-routes.ts';
import { execRoutes } from './routes/exec-routes.ts';
import { storageAndNetworkRoutes } from './routes/storage-and-network-routes.ts';
import { systemRoutes } from './routes/system-routes.ts';

/** Everything that is offered; what stands in none of them is refused. The first match counts. */
export const routes: readonly Route[] = [
  ...systemRoutes,
  ...containerRoutes,
  ...execRoutes,
  ...storageAndNetworkRoutes,
];

/** What becomes of one request. Throws a Refusal, or what the engine answered. */
export async function decide(method: string, target: string, body: Buffer, surroundings: Surroundings): Promise<Reply> {
  const parsed = parseEngineRequest(method, target);
  if ('problem' in parsed)
    throw new Refusal(`drillbook refused: ${parsed.problem}`, {
      status: 400,
      attempt: `send the engine a request that cannot be trusted: ${parsed.problem}`,
    });
  const { request } = parsed;
  for (const route of routes) {
    const named = route.method === request.method ? matchPath(route.path, request.segments) : undefined;
    if (named) return route.act(callOf(route, request, named, body, surroundings));
  }
  throw refuse(
    `use ${request.method} /${request.segments.join('/').slice(0, 100)}`,
    'no procedure needs this endpoint of the engine',
  );
}

function callOf(
  route: Route,
  request: EngineRequest,
  named: Call['named'],
  body: Buffer,
  surroundings: Surroundings,
): Call {
  const allowed = route.query ?? [];
  const odd = allowed.includes('*') ? undefined : [...request.query.keys()].find((key) => !allowed.includes(key));
  if (odd !== undefined)
    throw refuse(
      `use ${request.method} /${request.segments.join('/').slice(0, 100)}`,
      `the parameter ${odd} is not known`,
    );
  return {
    ...surroundings,
    request,
    named,
    body: bodyOf(route, request, body),
    target: (segments, query = {}) => {
      const kept = new Map([...request.query, ...Object.entries(query)].filter(([, value]) => value !== ''));
      return formatTarget({ ...request, segments, query: kept });
    },
  };
}

function bodyOf(route: Route, request: EngineRequest, body: Buffer): Body | undefined {
  if (route.body === 'ignored') return undefined;
  const text = body.toString('utf8').trim();
  if (route.body === undefined) {
    // `null` and `{}` say nothing, and some clients send them.
    if (text !== '' && text !== 'null' && text !== '{}')
      throw refuse(
        `use ${request.method} /${request.segments.join('/').slice(0, 100)} with a body`,
        'this endpoint takes none',
      );
    return undefined;
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Refusal('drillbook refused: the body is no JSON', { status: 400 });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Refusal('drillbook refused: the body is no object', { status: 400 });
  const twin = findTwin(value);
  if (twin !== undefined)
    throw new Refusal(`drillbook refused: the body has the field ${twin} in two spellings`, {
      status: 400,
      attempt: `send the engine a request that cannot be trusted: the field ${twin} stands in it in two spellings`,
    });
  return value as Body;
}

/** The engine takes a field by its letters, whatever their case, and the last one counts: so one that says nothing could take another back. */
function findTwin(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const keys = Array.isArray(value) ? [] : Object.keys(value).map(foldName);
  const twin = keys.find((key, index) => keys.indexOf(key) !== index);
  if (twin !== undefined) return twin;
  for (const inner of Object.values(value)) {
    const found = findTwin(inner);
    if (found !== undefined) return found;
  }
  return undefined;
}
