import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { fuzz } from '../kernel/testing/fuzz.ts';
import { formatTarget, parseEngineRequest, type EngineRequest } from './engine-request.ts';
import { methods as method, real, targets as target } from './testing/request-lines.ts';

const runs = { numRuns: 1000 };

test('parses or refuses any request line, quickly and without growing memory', { timeout: 300_000 }, async () => {
  const where = new URL('testing/fuzz-requests.ts', import.meta.url);
  const { runs: read, grewBytes } = await fuzz(where, 'request line', { runs: 1000, seed: 4 });
  expect(read).toBe(1000);
  expect(grewBytes).toBeLessThan(4 * 2 ** 20);
});

function accepted(given: string, verb = 'GET'): EngineRequest | undefined {
  const parsed = parseEngineRequest(verb, given);
  return 'request' in parsed ? parsed.request : undefined;
}

describe('any request line', () => {
  test('an accepted target means the same after it is written again', () => {
    let taken = 0;
    fc.assert(
      fc.property(method, target, (verb, given) => {
        const request = accepted(given, verb);
        if (!request) return;
        taken += 1;
        expect(accepted(formatTarget(request), verb)).toEqual(request);
      }),
      runs,
    );
    // Otherwise the property proves nothing.
    expect(taken).toBeGreaterThan(50);
  });

  test('an accepted path has one reading', () => {
    fc.assert(
      fc.property(target, (given) => {
        const request = accepted(given);
        if (!request) return;
        const path = formatTarget(request).split('?')[0] ?? '';
        for (const segment of path.slice(1).split('/')) {
          expect(segment).toMatch(/^[A-Za-z0-9._:@-]+$/);
          expect(segment).not.toMatch(/^\.+$/);
        }
        // A reader that resolves dots and escapes gets the same path.
        expect(new URL(`http://engine${path}`).pathname).toBe(path);
        expect(path).not.toContain('//');
      }),
      runs,
    );
  });

  test('each parameter occurs once, and no character ends the line', () => {
    fc.assert(
      fc.property(target, (given) => {
        const request = accepted(given);
        if (!request) return;
        const text = formatTarget(request);
        expect(text).not.toMatch(/[\u0000-\u0020\u007f-\uffff#]/);
        const read = [...new URLSearchParams(text.split('?')[1] ?? '')];
        expect(read).toEqual([...request.query]);
        expect(new Set(read.map(([key]) => key)).size).toBe(read.length);
      }),
      runs,
    );
  });

  test('every accepted version is one in which `start` takes no body', () => {
    fc.assert(
      fc.property(fc.nat({ max: 120 }), fc.nat({ max: 1200 }), fc.constantFrom('', '0'), (major, minor, pad) => {
        const text = `v${pad}${major}.${minor}`;
        const request = accepted(`/${text}/containers/json`);
        const old = major < 1 || (major === 1 && minor < 24);
        // A version that the parser does not recognise becomes a path without a route.
        expect(request === undefined || (request.version === undefined ? request.segments[0] === text : !old)).toBe(
          true,
        );
      }),
      runs,
    );
  });

  test('parses a target of any length quickly', () => {
    for (const unit of ['/', '..', '/a', '%', '&a=', '=', '?', 'v1.', ';'])
      expect(parseEngineRequest('GET', `/v1.41/containers/json?${unit.repeat(5_000_000)}`)).toEqual({
        problem: 'the path is too long',
      });
    const started = performance.now();
    // Twenty rounds, so that one pause of a busy machine does not count.
    for (let round = 0; round < 20; round += 1)
      for (const unit of ['/', '..', '/a', '%41', '&a=', '=', '?', 'v1.', ';'])
        parseEngineRequest('GET', `/v1.41/containers/json?${unit.repeat(16_000 / unit.length)}`);
    expect(performance.now() - started).toBeLessThan(20_000);
  });
});

test.each(real)('accepts %s', (given) => {
  expect(accepted(given)).toBeDefined();
});

test.each([
  ['/v1.41/../containers/json', 'empty or dotted'],
  ['/v1.41/containers/./json', 'empty or dotted'],
  ['//containers/json', 'empty or dotted'],
  ['/v1.41/containers/json/', 'empty or dotted'],
  ['/v1.41/containers/...', 'empty or dotted'],
  ['/v1.41/%2e%2e/containers/json', 'characters'],
  ['/v1.41/containers%2fjson', 'characters'],
  ['/v1.41\\containers', 'characters'],
  ['/containers/json#all', 'characters'],
  ['/v1.41/containers/json?x=\u00e9', 'characters'],
  ['/v1.41/containers/json?x=\ud800', 'characters'],
  ['/v1.41/containers/json?x=1 HTTP/1.1', 'characters'],
  ['http://docker/v1.41/containers/json', 'begin with a slash'],
  ['*', 'begin with a slash'],
  ['', 'begin with a slash'],
  ['/v1.23/containers/json', 'older than 1.24'],
  ['/v0.99/containers/json', 'older than 1.24'],
  ['/v1.41/containers/json?all=1&all=0', 'one way'],
  ['/v1.41/containers/json?all=1&%61ll=0', 'one way'],
  ['/v1.41/containers/json?all=1;limit=1', 'one way'],
  ['/v1.41/containers/json?all=%zz', 'one way'],
  ['/v1.41/containers/json?a[b]=1', 'one way'],
  ['/v1.41/containers/json?=1', 'one way'],
])('refuses %s', (given, why) => {
  expect(parseEngineRequest('GET', given)).toEqual({ problem: expect.stringContaining(why) as string });
});

test.each(['get', 'GET ', 'GET /', '', 'G\r\nET', 'A'.repeat(17)])('refuses the method %j', (verb) => {
  expect(parseEngineRequest(verb, '/_ping')).toEqual({ problem: 'the method is not a plain word' });
});
