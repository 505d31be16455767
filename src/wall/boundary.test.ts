import fc from 'fast-check';
import { beforeEach, expect, test } from 'vitest';

import { FakeEngine, hiddenLabel, images, member, networks, stock, volumes } from '../../test/support/fake-engine.ts';
import { createBoundary, type Boundary } from './boundary.ts';
import { Refusal } from './refusal.ts';

let boundary: Boundary;
beforeEach(() => {
  boundary = createBoundary(new FakeEngine(), {
    member,
    hiddenLabel,
    harnessServices: ['effects'],
    images: ['redis:8'],
  });
});

const refusal = (found: Promise<unknown>): Promise<Refusal> =>
  found.then(
    () => Promise.reject(new Error('it was found')),
    (error: unknown) => (error instanceof Refusal ? error : Promise.reject(error as Error)),
  );

const { redis, worker, operator, foreign, plain } = stock;

test.each([
  ['its full id', redis.Id],
  ['its name', 'drillbook-mine-redis-1'],
  ['a prefix of its id that is unique here, though not in the engine', redis.Id.slice(0, 4)],
])('finds a container by %s', async (_how, reference) => {
  expect(await boundary.container(reference)).toEqual({
    id: redis.Id,
    name: 'drillbook-mine-redis-1',
    service: 'redis',
    singleRun: false,
  });
});

test.each([
  ['a prefix of two ids', 'abc'],
  ['an empty name', ''],
  ['an unknown name', 'nobody'],
  ['a name with a slash before it', '/drillbook-mine-redis-1'],
  ['a prefix in capitals', 'ABC1'],
  ['the id with more behind it', `${redis.Id}0`],
])('finds no container by %s', async (_what, reference) => {
  expect(await refusal(boundary.container(reference))).toMatchObject({
    status: 404,
    message: `No such container: ${reference}`,
  });
});

test.each([
  ['of another sandbox', foreign],
  ['without labels', plain],
  ['of the harness', operator],
])('answers that it does not find a container %s, and reports the attempt', async (_whose, { Id, Names }) => {
  for (const reference of [Id, Id.slice(0, 12), Names[0].slice(1)])
    expect(await refusal(boundary.container(reference))).toMatchObject({
      status: 404,
      message: `No such container: ${reference}`,
      attempt: `reach the container ${reference}, which is not of this sandbox`,
    });
});

test('finds networks by id and name, volumes by name, and images by name and id', async () => {
  for (const reference of [networks.own.Id, networks.own.Name, '11'])
    expect((await boundary.network(reference)).Id).toBe(networks.own.Id);
  expect((await boundary.volume(volumes.own.Name)).Name).toBe(volumes.own.Name);
  for (const reference of [
    'redis:8',
    'docker.io/redis:8',
    'docker.io/library/redis:8',
    images.own,
    images.own.slice(7, 19),
  ])
    expect(await boundary.image(reference), reference).toBe(images.own);
  for (const found of [
    boundary.network('bridge'),
    boundary.network(networks.foreign.Id),
    boundary.volume('letters'),
    boundary.volume(volumes.own.Name.slice(0, 8)),
    boundary.image('postgres'),
    boundary.image(images.foreign),
    boundary.image(images.own.slice(7, 12)),
  ])
    expect(await refusal(found)).toMatchObject({ status: 404 });
});

test('finds only containers of the sandbox, by any reference', async () => {
  const ids = [redis.Id, worker.Id, stock.effects.Id];
  const known = Object.values(stock).flatMap(({ Id, Names }) => [Id, Names[0].slice(1)]);
  const reference = fc.oneof(
    fc.string({ maxLength: 70 }),
    fc
      .tuple(fc.constantFrom(...known), fc.nat({ max: 64 }), fc.constantFrom('', '0', '-', ' '))
      .map(([name, length, more]) => name.slice(0, length) + more),
  );
  const property = fc.asyncProperty(reference, async (name) => {
    const found = await boundary.container(name).catch((error: unknown) => {
      if (error instanceof Refusal) return undefined;
      throw error;
    });
    return found === undefined || ids.includes(found.id);
  });
  expect(await fc.check(property, { numRuns: 1000 })).toMatchObject({ failed: false });
});

test('shows a service of the harness, and refuses to change it', async () => {
  const effects = await boundary.container('drillbook-mine-effects-1');
  expect(() => boundary.mustBeFleet(effects, 'stop it')).toThrow('no part of the fleet');
  expect(() => boundary.mustBeFleet({ ...effects, service: 'redis' }, 'stop it')).not.toThrow();
});
