import { EngineAnswer, type EngineClient, type Upstream } from '../../src/wall/engine-client.ts';

const memberKey = 'io.drillbook.sandbox';
const id = (digit: string): string => digit.repeat(64);
const labels = (service: string, more: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> => ({
  [memberKey]: 'mine',
  'com.docker.compose.project': 'drillbook-mine',
  'com.docker.compose.service': service,
  ...more,
});

export const member = { key: memberKey, value: 'mine' } as const;
export const hiddenLabel = 'io.drillbook.role';

const container = (Id: string, name: string, Labels: Readonly<Record<string, string>>) =>
  ({ Id, Names: [`/${name}`], Labels, State: 'running', Mounts: [] }) as const;

/** The containers of the engine: those of the sandbox, and others that look much like them. */
export const stock = {
  redis: container(`abc1${id('0').slice(4)}`, 'drillbook-mine-redis-1', labels('redis')),
  worker: {
    ...container(`abc2${id('0').slice(4)}`, 'drillbook-mine-worker-1', labels('worker')),
    Config: { StopTimeout: 30 },
  },
  effects: container(id('e'), 'drillbook-mine-effects-1', labels('effects')),
  operator: container(`abd${id('0').slice(3)}`, 'drillbook-mine-operator', labels('', { [hiddenLabel]: 'operator' })),
  foreign: container(`f00${id('0').slice(3)}`, 'drillbook-other-redis-1', labels('redis', { [memberKey]: 'other' })),
  plain: container(`f11${id('0').slice(3)}`, 'postgres', {}),
} as const;
export const networks = {
  own: {
    Id: id('1'),
    Name: 'drillbook-mine_default',
    Labels: labels(''),
    Containers: { [stock.redis.Id]: {}, [stock.operator.Id]: {} },
  },
  foreign: { Id: id('2'), Name: 'bridge', Labels: {}, Containers: {} },
} as const;
export const volumes = {
  own: { Name: 'drillbook-mine_data', Labels: labels('') },
  foreign: { Name: 'letters', Labels: null },
} as const;
export const execs = { own: id('7'), effects: id('8'), foreign: id('9'), curl: id('6') } as const;
export const images = { own: `sha256:${id('c')}`, foreign: `sha256:${id('d')}` } as const;

const containerOfExec: Readonly<Record<string, string>> = {
  [execs.own]: stock.worker.Id,
  [execs.effects]: stock.effects.Id,
  [execs.foreign]: stock.foreign.Id,
  [execs.curl]: stock.worker.Id,
};
const commandOfExec: Readonly<Record<string, unknown>> = {
  [execs.curl]: { entrypoint: 'curl', arguments: ['http://api/jobs'], tty: true },
};

/** An engine with the objects above. It ignores every filter and records the requests. */
export class FakeEngine implements EngineClient {
  readonly asked: Upstream[] = [];

  json(upstream: Upstream): Promise<unknown> {
    this.asked.push(upstream);
    return Promise.resolve(upstream).then((asked): unknown => structuredClone(answer(asked)));
  }

  send(): Promise<never> {
    return Promise.reject(new Error('a decision may ask for JSON only'));
  }

  hijack(): Promise<never> {
    return Promise.reject(new Error('a decision may ask for JSON only'));
  }
}

function answer({ method, target }: Upstream): unknown {
  const [kind = '', name = '', action = ''] = target
    .replace(/\?.*$/, '')
    .replace(/^\/v[\d.]+/, '')
    .slice(1)
    .split('/');
  const all = Object.values(stock);
  if (method === 'POST' && name === 'create') return { Id: id('5'), Warnings: [] };
  if (kind === 'info') return { Name: 'postgres-host', NCPU: 2, Containers: all.length };
  if (kind === 'system')
    return {
      Images: [
        { Id: images.own, Size: 1 },
        { Id: images.foreign, Size: 2 },
      ],
      Containers: all,
      Volumes: Object.values(volumes),
    };
  if (kind === 'containers' && name === 'json') return all;
  if (kind === 'networks' && name === '') return Object.values(networks);
  if (kind === 'volumes' && name === '') return { Volumes: Object.values(volumes) };
  if (kind === 'images' && name === 'json') return [{ Id: images.own }, { Id: images.foreign }];
  if (kind === 'images' && action === 'json') return { Id: name.startsWith('redis') ? images.own : images.foreign };
  if (kind === 'exec' && containerOfExec[name] !== undefined)
    return { ContainerID: containerOfExec[name], ProcessConfig: commandOfExec[name] };
  const found =
    kind === 'containers'
      ? all.find(({ Id, Names }) => Id.startsWith(name) || Names.some((one) => one === `/${name}`))
      : kind === 'networks'
        ? Object.values(networks).find(({ Id, Name }) => Id.startsWith(name) || Name === name)
        : kind === 'volumes'
          ? Object.values(volumes).find(({ Name }) => Name === name)
          : undefined;
  if (found) return found;
  throw new EngineAnswer(404, `No such object: ${name}`);
}
