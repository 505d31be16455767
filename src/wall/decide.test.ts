import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  execs,
  FakeEngine,
  hiddenLabel,
  images,
  member,
  networks,
  stock,
  volumes,
} from '../../test/support/fake-engine.ts';
import { createBoundary } from './boundary.ts';
import { decide, routes } from './decide.ts';
import { EngineAnswer, type Upstream } from './engine-client.ts';
import { parseEngineRequest } from './engine-request.ts';
import { Refusal } from './refusal.ts';
import type { Reply, RouteContext } from './route.ts';

const project = 'drillbook-mine';
const body = (service: string): Readonly<Record<string, unknown>> => ({
  Image: 'redis:8',
  Labels: { 'com.docker.compose.project': project, 'com.docker.compose.service': service },
});

function contextOf(engine: FakeEngine, more: Partial<RouteContext> = {}): RouteContext {
  const boundary = createBoundary(engine, { member, hiddenLabel, harnessServices: ['effects'], images: ['redis:8'] });
  return {
    engine,
    boundary,
    creations: {
      containers: { worker: body('worker'), redis: body('redis'), effects: body('effects') },
      networks: { [networks.own.Name]: { Name: networks.own.Name, Labels: { 'com.docker.compose.project': project } } },
      volumes: { [volumes.own.Name]: { Name: volumes.own.Name, Labels: { 'com.docker.compose.project': project } } },
    },
    project,
    labels: { [member.key]: member.value },
    ceiling: { memory: 1e9, processes: 100 },
    toRealSeconds: (_, seconds) => seconds,
    reportNarrowed: () => undefined,
    reportSpared: () => undefined,
    reportObeyed: () => Promise.resolve(),
    reportFinished: () => undefined,
    reportEntered: () => undefined,
    reportAnswer: () => undefined,
    reportTouched: () => undefined,
    exclusively: (work) => work(),
    ...more,
  };
}

const references = [
  ...Object.values(stock).flatMap(({ Id, Names }) => [Id, Id.slice(0, 12), Id.slice(0, 3), Names[0].slice(1)]),
  ...Object.values(networks).flatMap(({ Id, Name }) => [Id, Id.slice(0, 12), Name]),
  ...Object.values(volumes).map(({ Name }) => Name),
  ...Object.values(execs),
  ...Object.values(images),
  'redis:8',
  'postgres:17',
  'json',
  'create',
  'prune',
  'constructor',
  '__proto__',
  'nobody',
];
const reference = fc.constantFrom(...references);
const pick = (...texts: readonly string[]): fc.Arbitrary<string> =>
  fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...texts) }, { weight: 1, arbitrary: reference });
/** Names for a path, mostly of the right kind, of the sandbox and of others. */
const named: Readonly<Record<string, fc.Arbitrary<string>>> = {
  ':container': pick(...Object.values(stock).flatMap(({ Id, Names }) => [Id, Id.slice(0, 4), Names[0].slice(1)])),
  ':network': pick(...Object.values(networks).flatMap(({ Id, Name }) => [Id, Id.slice(0, 12), Name])),
  ':volume': pick(...Object.values(volumes).map(({ Name }) => Name)),
  ':exec': pick(...Object.values(execs)),
  '*image': pick(...Object.values(images), 'redis:8', 'library/postgres'),
};
const value = fc.oneof(
  fc.constantFrom(
    '1',
    'KILL',
    '',
    `${project}-worker-2`,
    '{}',
    '{"label":{"a=b":true}}',
    '{"name":["x"]}',
    '{',
    '[]',
    'null',
    '{"since":["x"]}',
  ),
  reference,
);
const labels = fc.constantFrom(...['worker', 'redis', 'effects', 'nobody'].map((service) => body(service)['Labels']));
const anyBody = fc.record(
  {
    Container: named[':container'] ?? reference,
    Cmd: fc.jsonValue(),
    Detach: fc.boolean(),
    Privileged: fc.jsonValue(),
    privileged: fc.constant(true),
    Name: reference,
    Image: fc.constantFrom('redis:8', 'postgres'),
    Labels: fc.oneof(labels, fc.jsonValue()),
    HostConfig: fc.jsonValue(),
    NetworkingConfig: fc.jsonValue(),
    EndpointConfig: fc.oneof(fc.constant({}), fc.jsonValue()),
    Memory: fc.oneof(fc.constant(1000), fc.jsonValue()),
    Env: fc.jsonValue(),
    Force: fc.jsonValue(),
  },
  { requiredKeys: [] },
);
/** Bodies that some route accepts, and others. */
const bodyText = fc.oneof(
  fc
    .constantFrom(
      { Cmd: ['id'] },
      { Detach: true },
      { Detach: false, Tty: true },
      { Memory: 1000 },
      body('worker'),
      { Name: networks.own.Name, Labels: { 'com.docker.compose.project': project } },
      { Name: volumes.own.Name, Labels: { 'com.docker.compose.project': project } },
    )
    .map((known) => JSON.stringify(known)),
  fc.record({ Container: named[':container'] ?? reference }).map((known) => JSON.stringify(known)),
  anyBody.map((known) => JSON.stringify(known)),
  fc.json(),
  fc.string({ maxLength: 30, unit: 'binary' }),
);
const mostly = <T>(usual: fc.Arbitrary<T>, odd: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  fc.oneof({ weight: 9, arbitrary: usual }, { weight: 1, arbitrary: odd });

interface Asked {
  readonly method: string;
  readonly target: string;
  readonly text: string;
}

/** A request in the shape of a route. */
const offered: fc.Arbitrary<Asked> = fc.constantFrom(...routes).chain((route) =>
  fc
    .tuple(
      mostly(fc.constant<string>(route.method), fc.constantFrom('GET', 'POST', 'DELETE', 'PATCH')),
      mostly(fc.constantFrom('', '/v1.41'), fc.constantFrom('/v1.24', '/v1.23', '/v1.99', '/v1.41/..')),
      fc.tuple(
        ...route.path.split('/').map((part) => named[part] ?? (part.startsWith(':') ? reference : fc.constant(part))),
      ),
      fc.dictionary(
        mostly(fc.constantFrom(...(route.query?.length ? route.query : ['all'])), fc.constantFrom('x', 'all')),
        value,
        {
          maxKeys: route.query === undefined ? 0 : 2,
        },
      ),
      route.body === 'json' ? bodyText : mostly(fc.constantFrom('', '{}'), bodyText),
    )
    .map(([method, version, parts, query, text]) => {
      const parameters = new URLSearchParams(query).toString();
      return { method, target: `${version}/${parts.join('/')}${parameters === '' ? '' : `?${parameters}`}`, text };
    }),
);
/** A request in any other shape. */
const other: fc.Arbitrary<Asked> = fc.record({
  method: fc.constantFrom('GET', 'POST', 'DELETE', 'PUT', 'HEAD', 'get', ''),
  target: fc.oneof(
    fc.string({ maxLength: 60 }),
    fc.array(reference, { maxLength: 5 }).map((parts) => `/${parts.join('/')}`),
  ),
  text: bodyText,
});

const own = {
  containers: [stock.redis.Id, stock.worker.Id, stock.effects.Id] as readonly string[],
  networks: [networks.own.Id] as readonly string[],
  volumes: [volumes.own.Name] as readonly string[],
  exec: [execs.own, execs.curl] as readonly string[],
  images: [images.own] as readonly string[],
};
const collections = ['json', 'create', 'prune'];
const foreign = [
  stock.operator.Id,
  stock.foreign.Id,
  stock.plain.Id,
  networks.foreign.Id,
  execs.foreign,
  images.foreign,
  'letters',
  'postgres',
];

/** Why a request to the engine is not about the sandbox; empty if it is. */
function findStray({ method, target, body: sent }: Upstream): readonly string[] {
  const parsed = parseEngineRequest(method, target);
  if ('problem' in parsed) return [parsed.problem];
  const [kind = '', name = ''] = parsed.request.segments;
  const isOne = name !== '' && !collections.includes(name);
  const subject = (sent as { readonly Container?: unknown } | undefined)?.Container;
  const rules: readonly (readonly [string, boolean])[] = [
    ['names a foreign object', isOne && Object.hasOwn(own, kind) && !own[kind as keyof typeof own].includes(name)],
    [
      'changes a service of the harness',
      kind === 'containers' && name === stock.effects.Id && method !== 'GET' && !target.includes('/wait'),
    ],
    [
      'connects or disconnects a foreign container',
      kind === 'networks' && isOne && method === 'POST' && subject !== stock.redis.Id && subject !== stock.worker.Id,
    ],
    [
      'is not limited to the sandbox',
      method !== 'GET' &&
        (name === 'create' || name === 'prune') &&
        !/io\.drillbook\.sandbox(%3Dmine|":"mine)/.test(JSON.stringify([target, sent])),
    ],
  ];
  return rules.filter(([, broken]) => broken).map(([what]) => `${method} ${target} ${what}`);
}

test('no request reaches a foreign object, and no answer shows one', async () => {
  let made = 0;
  const kinds = new Map<string, number>();
  const outcome = async ({ method, target, text }: Asked, engine: FakeEngine): Promise<Reply | 'refused'> => {
    try {
      return await decide(method, target, Buffer.from(text), contextOf(engine));
    } catch (error) {
      if (error instanceof Refusal || error instanceof EngineAnswer) return 'refused';
      throw error;
    }
  };
  await fc.assert(
    fc.asyncProperty(mostly(offered, other), async (asked) => {
      const engine = new FakeEngine();
      const reply = await outcome(asked, engine);
      const kind = reply === 'refused' ? reply : reply.kind;
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
      // The wall's own look-ups are reads. What it sends for a client must be about the sandbox.
      const sent = engine.asked.filter(({ method }) => method !== 'GET');
      const upstream = reply === 'refused' || reply.kind === 'value' ? sent : [...sent, reply.upstream];
      expect(upstream.flatMap(findStray)).toEqual([]);
      if (reply === 'refused') made += sent.length;
      const said = reply !== 'refused' && reply.kind === 'value' ? (JSON.stringify(reply.value) ?? '') : '';
      expect(foreign.filter((name) => said.includes(name))).toEqual([]);
    }),
    { numRuns: 3000 },
  );
  // A refused request has changed nothing.
  expect(made).toBe(0);
  // Each outcome occurred. Otherwise the property proves nothing about it.
  expect([...kinds.keys()].toSorted()).toEqual(['hijack', 'lines', 'pass', 'refused', 'value']);
});

describe('the time in which a container may end is converted from its own clock', () => {
  const toRealSeconds = (service: string, seconds: number): number => (service === 'redis' ? seconds : seconds / 10);
  const graceOf = async (target: string, more: Partial<RouteContext>): Promise<string | undefined> => {
    const reply = await decide('POST', target, Buffer.from(''), contextOf(new FakeEngine(), more));
    if (reply.kind !== 'pass') throw new Error(`expected it to be passed on, got ${reply.kind}`);
    return /[?&]t=([^&]+)/.exec(reply.upstream.target)?.[1];
  };

  test.each([
    ['stop', 'drillbook-mine-worker-1', '?t=60', '6'],
    ['restart', 'drillbook-mine-worker-1', '?t=60', '6'],
    // Rounded up: the engine counts whole seconds.
    ['stop', 'drillbook-mine-worker-1', '?t=5', '1'],
    ['stop', 'drillbook-mine-worker-1', '?t=11', '2'],
    ['stop', 'drillbook-mine-worker-1', '?t=0', '0'],
    ['stop', 'drillbook-mine-worker-1', '?t=-1', '-1'],
    ['stop', 'drillbook-mine-worker-1', '?t=soon', 'soon'],
    // Without `t`: the value of the compose file, else the engine's ten seconds.
    ['stop', 'drillbook-mine-worker-1', '', '3'],
    // A service on the host's clock.
    ['stop', 'drillbook-mine-redis-1', '?t=60', '60'],
    ['stop', 'drillbook-mine-redis-1', '', undefined],
  ] as const)('%s %s%s', async (action, name, query, grace) => {
    expect(await graceOf(`/containers/${name}/${action}${query}`, { toRealSeconds })).toBe(grace);
  });

  test('changes nothing in real time', async () => {
    expect(await graceOf('/containers/drillbook-mine-worker-1/stop', {})).toBeUndefined();
    expect(await graceOf('/containers/drillbook-mine-worker-1/stop?t=7', {})).toBe('7');
  });
});

test.each([
  ['POST', 'worker-1/stop', 'stop'],
  ['POST', 'worker-1/restart?t=1', 'restart'],
  ['POST', 'worker-1/pause', 'pause'],
  ['POST', 'worker-1/kill', 'kill'],
  ['POST', 'worker-1/kill?signal=TERM', 'kill'],
  ['POST', 'worker-1/kill?signal=SIGHUP', undefined],
  ['POST', 'worker-1/start', undefined],
  ['POST', 'worker-1/unpause', undefined],
  ['DELETE', 'worker-1?force=1', 'remove'],
])('reports an order that interrupts a service: %s %s', async (method, target, order) => {
  const reported: string[] = [];
  const reportObeyed: RouteContext['reportObeyed'] = async (service, what) => void reported.push(`${what} ${service}`);
  await decide(
    method,
    `/containers/drillbook-mine-${target}`,
    Buffer.from(''),
    contextOf(new FakeEngine(), { reportObeyed }),
  );
  expect(reported).toEqual(order === undefined ? [] : [`${order} worker`]);
});

test.each<readonly [cmd: string, env: readonly string[] | undefined, sent: unknown]>([
  ['curl -s http://api/jobs', undefined, ['CURL_HOME=/drillbook']],
  ['curl -s http://api/jobs', ['A=b'], ['A=b', 'CURL_HOME=/drillbook']],
  ['curl -s http://api/jobs', ['CURL_HOME=/root'], ['CURL_HOME=/root']],
  ['curl -f http://api/jobs', undefined, undefined],
  ['node server.js curl', undefined, undefined],
])('lets a curl in a container report its status, and changes no other command: %s', async (cmd, env, sent) => {
  const asked = Buffer.from(JSON.stringify({ Cmd: cmd.split(' '), ...(env && { Env: env }) }));
  const reply = await decide('POST', '/containers/drillbook-mine-worker-1/exec', asked, contextOf(new FakeEngine()));
  if (reply.kind !== 'pass') throw new Error(reply.kind);
  expect(reply.upstream.body).toEqual({ Cmd: cmd.split(' '), ...(sent === undefined ? {} : { Env: sent }) });
});

test.each([
  ['POST', 'worker-1/restart', 'restart worker'],
  ['POST', 'worker-1/start', 'start worker'],
  ['POST', 'worker-1/unpause', 'unpause worker'],
  ['POST', 'worker-1/stop', undefined],
  ['POST', 'worker-1/kill', undefined],
])('reports that the engine has started a service again: %s %s', async (method, target, finished) => {
  const reported: string[] = [];
  const reportFinished: RouteContext['reportFinished'] = (service, order) => void reported.push(`${order} ${service}`);
  const context = contextOf(new FakeEngine(), { reportFinished });
  const reply = await decide(method, `/containers/drillbook-mine-${target}`, Buffer.from(''), context);
  expect(reported).toEqual([]);
  if (reply.kind === 'pass') reply.onAnswer?.();
  expect(reported).toEqual(finished === undefined ? [] : [finished]);
});

test('reports a command in a container of a service with its words', async () => {
  const reported: unknown[] = [];
  const reportEntered: RouteContext['reportEntered'] = (service, command) => void reported.push([service, command]);
  const kill = Buffer.from(JSON.stringify({ Cmd: ['kill', '1'] }));
  const context = contextOf(new FakeEngine(), { reportEntered });
  await decide('POST', '/containers/drillbook-mine-worker-1/exec', kill, context);
  expect(reported).toEqual([['worker', ['kill', '1']]]);
});

test.each([
  ['containers/prune', 'remove all unused containers of the host'],
  ['images/prune?filters={"dangling":["false"]}', 'remove all unused images of the host'],
  ['volumes/prune?filters={"label":["other"]}', 'remove all unused volumes of the host'],
  ['build/prune?all=1', 'remove the build cache of the host'],
  [`networks/prune?filters={"label":["com.docker.compose.project=${project}"]}`, undefined],
])('reports a request for everything on the host: %s', async (target, attempt) => {
  const reported: string[] = [];
  const reportNarrowed: RouteContext['reportNarrowed'] = (what) => void reported.push(what);
  await decide('POST', `/${target}`, Buffer.from(''), contextOf(new FakeEngine(), { reportNarrowed }));
  expect(reported).toEqual(attempt === undefined ? [] : [attempt]);
});
