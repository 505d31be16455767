import { duplexPair, PassThrough, Transform, type Duplex } from 'node:stream';
import { once } from 'node:events';
import { expect, test } from 'vitest';

import { join } from './deliver.ts';

interface Joined {
  /** The far ends: what the client and the engine see of the connection. */
  readonly client: Duplex;
  readonly engine: Duplex;
  /** The wall's ends. */
  readonly inner: { readonly client: Duplex; readonly engine: Duplex };
  readonly watch: Transform | undefined;
  readonly done: Promise<void>;
}

function joined(watch?: Transform): Joined {
  const [client, innerClient] = duplexPair();
  const [engine, innerEngine] = duplexPair();
  for (const side of [client, engine]) side.on('error', () => undefined);
  const inner = { client: innerClient, engine: innerEngine };
  return { client, engine, inner, watch, done: join(inner.client, inner.engine, watch, Buffer.from('head ')) };
}

const heard = async (side: Duplex): Promise<string> => String(((await once(side, 'data')) as [Buffer])[0]);

test.each([
  ['no reader', undefined],
  ['a reader', new PassThrough()],
])('joins both directions, with %s between', async (_, watch) => {
  const { client, engine, done } = joined(watch);
  expect(await heard(client)).toBe('head ');
  client.write('input');
  expect(await heard(engine)).toBe('input');
  const end = once(client, 'end');
  engine.end('output');
  expect(await heard(client)).toBe('output');
  await end;
  client.end();
  engine.destroy();
  await done;
});

test.each(['client', 'engine', 'watch'] as const)('an error of the %s breaks off all of it', async (which) => {
  const watch = new PassThrough();
  const { inner, done } = joined(watch);
  const broken = which === 'watch' ? watch : inner[which];
  broken.destroy(new Error('broken'));
  await done;
  expect([inner.client, inner.engine, watch].map(({ destroyed }) => destroyed)).toEqual([true, true, true]);
});

test('a reader that throws breaks off all of it', async () => {
  const watch = new Transform({ transform: (_chunk, _encoding, next) => next(new Error('unreadable')) });
  const { engine, inner, done } = joined(watch);
  engine.write('x');
  await done;
  expect([inner.client.destroyed, inner.engine.destroyed]).toEqual([true, true]);
});

test('a side that has gone already takes the other one with it', async () => {
  const [, client] = duplexPair();
  const [, engine] = duplexPair();
  engine.destroy();
  await join(client, engine, undefined, Buffer.alloc(0));
  expect(client.destroyed).toBe(true);
});
