import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { expect, test } from 'vitest';

import { readEffects } from './read-effects.ts';

type Page = readonly (readonly [id: string, times: number, ...digests: string[]])[];

/** A sink that has these pages, told apart by where they begin. */
async function sink(
  ...pages: readonly Page[]
): Promise<AsyncDisposable & { readonly url: string; readonly token: string }> {
  const server = createServer((request, response) => {
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

test('effects are read from page to page, and once is told from more often', async () => {
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

test('a job is altered where any of its digests is not the one of the job as it was added', async () => {
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

test('a sink that refuses, or answers something else', async () => {
  await using control = await sink([['a', 1]]);
  await expect(readEffects({ ...control, token: 'wrong' }, signal)).rejects.toThrow('the effects sink answered 403');
  await using strange = await sink([['a', -1, 2] as unknown as Page[number]]);
  await expect(readEffects(strange, signal)).rejects.toThrow(/expected string/);
});
