import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { expect, test } from 'vitest';

import { readEffects } from './read-effects.ts';

type Page = readonly (readonly [id: string, times: number, ...digests: string[]])[];

let acceptedAgain: readonly string[] | undefined;

/** A sink with these pages. The page's number is where it begins. */
async function sink(
  ...pages: readonly Page[]
): Promise<AsyncDisposable & { readonly url: string; readonly token: string }> {
  const server = createServer((request, response) => {
    if (request.url === '/control/accepted-again') {
      response.writeHead(acceptedAgain ? 200 : 404).end(JSON.stringify({ jobs: acceptedAgain }));
      return;
    }
    const since = Number(new URL(request.url ?? '', 'http://sink').searchParams.get('since'));
    response.writeHead(request.headers.authorization === 'Bearer secret' ? 200 : 403);
    response.end(JSON.stringify({ effects: pages[since], next: since + 1 < pages.length ? since + 1 : null }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    token: 'secret',
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

const signal = AbortSignal.timeout(10_000);

test('reads all pages, and separates effects that came once from those that came more often', async () => {
  await using control = await sink(
    [
      ['a', 1],
      ['b', 3],
    ],
    [['c', 1]],
  );
  expect(await readEffects(control, signal)).toEqual({
    type: 'effects',
    complete: true,
    once: ['a', 'c'],
    more: [['b', 3]],
    altered: [],
  });
});

test('a job counts as altered if one of its digests differs from that of the added job', async () => {
  await using control = await sink([
    ['same', 1, 'x'],
    ['other', 1, 'y'],
    ['once other', 2, 'x', 'y'],
    ['untold', 1],
    ['unknown', 1, 'y'],
  ]);
  const added = (id: string): string | undefined => (id === 'unknown' ? undefined : 'x');
  expect((await readEffects(control, signal, added)).altered).toEqual(['other', 'once other']);
  expect((await readEffects(control, signal)).altered).toEqual([]);
});

test('throws if the sink refuses, or if its answer has another form', async () => {
  await using control = await sink([['a', 1]]);
  await expect(readEffects({ ...control, token: 'wrong' }, signal)).rejects.toThrow('the effects sink answered 403');
  await using strange = await sink([['a', -1, 2] as unknown as Page[number]]);
  await expect(readEffects(strange, signal)).rejects.toThrow(/expected string/);
});

test('the digest of the options counts only if the worker sends one', async () => {
  await using control = await sink([
    ['same', 1, 'x.o'],
    ['other options', 1, 'x.p'],
    ['old worker', 1, 'x'],
    ['old worker, other payload', 1, 'y'],
  ]);
  const { altered } = await readEffects(control, signal, () => 'x.o');
  expect(altered).toEqual(['other options', 'old worker, other payload']);
});

test('a sink may say which jobs an API accepted twice', async () => {
  await using control = await sink([['a', 1]]);
  expect(await readEffects(control, signal)).not.toHaveProperty('acceptedAgain');
  acceptedAgain = ['a'];
  expect(await readEffects(control, signal)).toMatchObject({ acceptedAgain: ['a'] });
});
