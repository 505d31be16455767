import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { DrillbookError } from '../../kernel/errors.ts';
import { pollUntil } from '../../kernel/poll-until.ts';
import { recordDrill } from '../../verdict/testing/record-drill.ts';
import { ask, readEvents } from '../testing/ask.ts';
import { observeRecorded, type ObservedRecording } from '../testing/observe-recorded.ts';
import { roles } from './observer-page.ts';

const events = recordDrill();
let observed: ObservedRecording;
beforeAll(async () => (observed = await observeRecorded(events)));
afterAll(() => observed[Symbol.asyncDispose]());

const origin = (): string => new URL(observed.urls.observer).origin;
const tokenOf = (role: (typeof roles)[number]): string => new URL(observed.urls[role]).pathname.split('/')[2] ?? '';
const post = { method: 'POST' };

describe('who may look', () => {
  test('the address of each role opens its page, under a policy that allows no script but its own', async () => {
    for (const role of roles) {
      const { status, headers, body } = await ask(observed.urls[role]);
      expect([status, body.includes('STOP the drill')]).toEqual([200, role === 'observer']);
      expect(headers['content-security-policy']).toMatch(/default-src 'none'.*script-src 'self' 'wasm-unsafe-eval';/);
      expect(headers['content-security-policy']).not.toContain('unsafe-inline');
      expect(body).not.toMatch(/<script(?![^>]* src=)|<style|\sstyle=|\son\w+=/);
      for (const [, file] of body.matchAll(/(?:src|href)="([^"#]+)"/g))
        expect((await ask(`${observed.urls[role]}${file}`)).status, file).toBe(200);
    }
  });

  test.each(['/', '/spectator/', '/observer/wrong/', '/observer/wrong/events', '/spectator//', '/favicon.ico'])(
    'without a known token %s is refused with 401',
    async (path) => {
      expect((await ask(`${origin()}${path}`)).status).toBe(401);
      expect((await ask(`${origin()}${path}`, post)).status).toBe(401);
    },
  );

  test('the token of a spectator opens no page of an observer', async () => {
    for (const file of ['', 'events', 'observe.js'])
      expect((await ask(`${origin()}/observer/${tokenOf('spectator')}/${file}`)).status).toBe(403);
  });

  test.each(['evil.example', 'evil.example:80', '127.0.0.1', '127.0.0.1:1', 'localhost.evil.example'])(
    'the host "%s" is refused with 403, because a page of another site may have that name here',
    async (host) => expect((await ask(observed.urls.observer, { headers: { host } })).status).toBe(403),
  );

  test('it answers to the names of the loopback alone, and listens nowhere else', async () => {
    const { port } = new URL(observed.urls.observer);
    for (const host of [`localhost:${port}`, `[::1]:${port}`])
      expect((await ask(observed.urls.observer, { headers: { host } })).status).toBe(200);
    const others = Object.values(networkInterfaces()).flatMap((all = []) =>
      all.flatMap(({ address, internal, scopeid }) => (internal || scopeid ? [] : [address])),
    );
    for (const host of others) {
      const socket = connect({ host, port: Number(port) });
      const refused = await new Promise((resolve) => {
        socket.once('error', () => resolve(true)).once('connect', () => resolve(false));
      });
      socket.destroy();
      expect([host, refused]).toEqual([host, true]);
    }
  });
});

describe('who may stop the drill', () => {
  test('an observer, from the page itself', async () => {
    await using own = await observeRecorded(events.slice(0, -2));
    const headers = { origin: new URL(own.urls.observer).origin };
    const { status, headers: answered } = await ask(`${own.urls.observer}stop`, { ...post, headers });
    expect([status, answered.location, own.stops()]).toEqual([303, './', 1]);
    expect((await ask(own.urls.observer)).body.includes('stopping: healing')).toBe(true);
  });

  test('no spectator, no page of another site, and no request to look', async () => {
    const stop = `${observed.urls.observer}stop`;
    const own = { origin: origin() };
    const refused = [
      [`${observed.urls.spectator}stop`, { ...post, headers: own }],
      [`${origin()}/observer/${tokenOf('spectator')}/stop`, { ...post, headers: own }],
      [stop, post],
      [stop, { ...post, headers: { origin: 'http://evil.example' } }],
      [stop, { ...post, headers: { origin: 'null' } }],
      [stop, { ...post, headers: { ...own, 'sec-fetch-site': 'cross-site' } }],
      [stop, { ...post, headers: { ...own, host: 'evil.example' } }],
    ] as const;
    for (const [url, asked] of refused) expect((await ask(url, asked)).status).toBe(403);
    expect((await ask(stop, { headers: own })).status).toBe(404);
    expect(observed.stops()).toBe(0);
  });

  test('a drill that cannot be stopped from here says why', async () => {
    const stop = (): Promise<void> =>
      Promise.reject(new DrillbookError('it belongs to another machine', { code: 'DRILL_ELSEWHERE' }));
    await using own = await observeRecorded(events, { stop });
    const headers = { origin: new URL(own.urls.observer).origin };
    const { status, body } = await ask(`${own.urls.observer}stop`, { ...post, headers });
    expect([status, body]).toEqual([409, expect.stringContaining('another machine')]);
  });

  test('500 requests at random reach nothing but pages', async () => {
    const file = fc.constantFrom(
      '',
      'observe.js',
      'stop',
      'stop/',
      'note',
      '../stop',
      '%2e%2e/stop',
      'STOP',
      'events/x',
    );
    const path = fc.oneof(
      fc
        .tuple(
          fc.constantFrom('spectator', 'spectator', 'observer', 'observer', 'admin'),
          fc.constantFrom('s', 'o', 'x'),
          file,
        )
        .map(([role, token, name]) => ({ role, token, name })),
      fc.webPath().map((name) => ({ role: '', token: '', name })),
    );
    const asked = fc.record({
      path,
      method: fc.constantFrom('GET', 'GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'),
      origin: fc.constantFrom(undefined, 'null', 'http://evil.example', 'own'),
      body: fc.string(),
    });
    const statuses = new Map<number, number>();
    await fc.assert(
      fc.asyncProperty(asked, async ({ path: { role, token, name }, method, origin: from, body }) => {
        const known = { s: tokenOf('spectator'), o: tokenOf('observer') }[token] ?? 'x';
        const target = role === '' ? name : `/${role}/${known}/${name}`;
        // The one request that may do something has a test of its own.
        const mayStop = method === 'POST' && from === 'own' && token === 'o';
        const headers = from === undefined || mayStop ? {} : { origin: from === 'own' ? origin() : from };
        const { status } = await ask(`${origin()}${target}`, { method, headers, body: method === 'GET' ? '' : body });
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
        expect([200, 400, 401, 403, 404]).toContain(status);
      }),
      { numRuns: 500 },
    );
    expect([...statuses.values()].reduce((all, one) => all + one, 0)).toBe(500);
    expect(statuses.get(200)).toBeGreaterThan(3);
    expect(observed.stops()).toBe(0);
  });
});

describe('what is sent', () => {
  /** What names the scenario of the recorded drill, its fault, or its arms. */
  const telling =
    /queue-paused|mail is paused|queues-paused|mail paused|\b(?:treatment|control)\b|"seed"|the flag is set"/;

  test('spectators get no byte of the truth during a whole drill, and observers do', async () => {
    await using own = await observeRecorded([]);
    const counts = { spectator: 0, observer: 0 };
    const reading = roles.map((role) =>
      readEvents(`${own.urls[role]}events`, (text) => {
        counts[role] = text.split('event: parts').length;
        return text.includes('event: over');
      }),
    );
    const pages: string[] = [];
    const step = Math.ceil(events.length / 8);
    for (let at = 0; at < events.length; at += step) {
      const before = counts.spectator;
      await own.write(events.slice(at, at + step));
      await pollUntil(() => counts.spectator > before, { what: 'news for the spectator', withinMs: 10_000 });
      pages.push((await ask(own.urls.spectator)).body);
    }
    await own.end();
    const [spectator = '', observer = ''] = await Promise.all(reading);
    expect(`${spectator}${pages.join('')}`.match(telling)).toBeNull();
    expect(spectator).toContain('named section 3.2 and mail');
    expect(observer).toContain('queue-paused');
    expect(observer).toContain('queues-paused');
  });

  test('a viewer that comes late gets the whole state, and the terminal from its beginning', async () => {
    await using own = await observeRecorded(events.slice(0, -2));
    await own.writeCast([
      { version: 2, width: 80, height: 24 },
      [0, 'o', 'first'],
      [1, 'r', '100x30'],
      [2, 'o', 'LAST'],
    ]);
    await readEvents(`${own.urls.spectator}events`, (text) => text.includes('LAST'));
    const late = await readEvents(`${own.urls.spectator}events`, (text) => text.includes('LAST'));
    expect(late).toContain('[{"cols":80,"rows":24},"first",{"cols":100,"rows":30},"LAST"]');
    expect(late.match(/event: parts\ndata: (.+)/)?.[1]).toContain('"clocks":');
  });

  test('a viewer that does not read is dropped, and the others go on', async () => {
    await using own = await observeRecorded(events.slice(0, -2), { limits: { hungMs: 2000, heartbeatMs: 1000 } });
    const block = 'x'.repeat(200_000);
    const blocks = 200;
    await own.writeCast([
      { version: 2, width: 80, height: 24 },
      ...Array.from({ length: blocks }, () => [1, 'o', block]),
    ]);
    const { port, pathname } = new URL(`${own.urls.spectator}events`);
    await using stack = new AsyncDisposableStack();
    const hung = connect({ host: '127.0.0.1', port: Number(port) });
    stack.defer(() => void hung.destroy());
    let isClosed = false;
    hung.on('error', () => undefined).on('close', () => (isClosed = true));
    hung.write(`GET ${pathname} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`);
    hung.once('data', () => hung.pause());
    const isWhole = (text: string): boolean => text.length > blocks * block.length;
    const healthy = await readEvents(`${own.urls.spectator}events`, isWhole, 30_000);
    expect(isWhole(healthy)).toBe(true);
    // A connection that is not read only notices its end when it writes.
    const writeAndLook = (): boolean => {
      hung.write('\r\n');
      return isClosed;
    };
    await pollUntil(writeAndLook, { what: 'the end of the hung connection', withinMs: 20_000 });
    expect(hung.bytesRead).toBeLessThan(blocks * block.length);
  });
});
