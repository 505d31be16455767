import { foldName, type Body } from './compare-creation.ts';
import { formatTarget, parseEngineRequest, type EngineRequest } from './engine-request.ts';
import { refuse, Refusal } from './refusal.ts';
import { matchPath, type Call, type Reply, type Route, type RouteContext } from './route.ts';
import { containerRoutes } from './routes/container-routes.ts';
import { execRoutes } from './routes/exec-routes.ts';
import { storageAndNetworkRoutes } from './routes/storage-and-network-routes.ts';
import { systemRoutes } from './routes/system-routes.ts';

/** Everything that the wall offers. The first route that matches counts. */
export const routes: readonly Route[] = [
  ...systemRoutes,
  ...containerRoutes,
  ...execRoutes,
  ...storageAndNetworkRoutes,
];

/**
 * Decides what happens to one request.
 * @throws Refusal, or EngineAnswer if a look-up failed in the engine
 */
export async function decide(method: string, target: string, body: Buffer, context: RouteContext): Promise<Reply> {
  const parsed = parseEngineRequest(method, target);
  if ('problem' in parsed)
    throw new Refusal(`drillbook refused: ${parsed.problem}`, {
      status: 400,
      attempt: `send the engine a request that cannot be trusted: ${parsed.problem}`,
    });
  const { request } = parsed;
  for (const route of routes) {
    const named = route.method === request.method ? matchPath(route.path, request.segments) : undefined;
    if (named) return route.act(callOf(route, request, named, body, context));
  }
  throw refuse(`use ${endpointOf(request)}`, 'no procedure needs this endpoint of the engine');
}

function callOf(route: Route, request: EngineRequest, named: Call['named'], body: Buffer, context: RouteContext): Call {
  const allowed = route.query ?? [];
  const odd = allowed.includes('*') ? undefined : [...request.query.keys()].find((key) => !allowed.includes(key));
  if (odd !== undefined) throw refuse(`use ${endpointOf(request)}`, `the parameter ${odd} is not known`);
  return {
    ...context,
    request,
    named,
    body: bodyOf(route, request, body),
    target: (segments, query = {}) => {
      const kept = new Map([...request.query, ...Object.entries(query)].filter(([, value]) => value !== ''));
      return formatTarget({ ...request, segments, query: kept });
    },
  };
}

/** Method and path, for a message. */
function endpointOf({ method, segments }: EngineRequest): string {
  return `${method} /${segments.join('/').slice(0, 100)}`;
}

function bodyOf(route: Route, request: EngineRequest, body: Buffer): Body | undefined {
  if (route.body === 'ignored') return undefined;
  const text = body.toString('utf8').trim();
  if (route.body === undefined) {
    // Some clients send `null` or `{}` where there is no body.
    if (text !== '' && text !== 'null' && text !== '{}')
      throw refuse(`use ${endpointOf(request)} with a body`, 'this endpoint takes none');
    return undefined;
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Refusal('drillbook refused: the body is not JSON', { status: 400 });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Refusal('drillbook refused: the body is not a JSON object', { status: 400 });
  const twin = findTwin(value);
  if (twin !== undefined)
    throw new Refusal(`drillbook refused: the body has the field ${twin} in two spellings`, {
      status: 400,
      attempt: `send the engine a request that cannot be trusted: it has the field ${twin} in two spellings`,
    });
  return value as Body;
}

/**
 * A field that an object at any depth has in two spellings. The engine ignores the case of field names and takes the
 * last
 * one, so a harmless field could hide a harmful one.
 */
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
