import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { formatTarget, parseEngineRequest, type EngineRequest } from './engine-request.ts';

const runs = { numRuns: 1000 };

/** Targets as `docker` and `docker compose` send them. */
const real = [
  '/_ping',
  '/v1.41/version',
  '/v1.41/containers/json?all=1&filters=%7B%22label%22%3A%7B%22com.docker.compose.project%3Dx%22%3Atrue%7D%7D',
  '/v1.41/containers/create?name=drillbook-1234-redis-1&platform=',
  '/v1.41/containers/0123456789ab/logs?follow=1&stderr=1&stdout=1&tail=10&since=1700000000.000000000',
  '/v1.41/exec/0123/start',
  '/v1.41/images/docker.io/library/redis:8.4.0@sha256:aa/json',
  '/v1.41/events?since=1&until=2',
  '/containers/drillbook-1234-redis-1/kill?signal=KILL',
];

const piece = fc.oneof(
  fc.constantFrom(
    '/',
    '//',
    '/../',
    '/./',
    '..',
    '.',
    '%2e',
    '%2f',
    '%00',
    '%',
    '?',
    '&',
    '=',
    '#',
    ';',
    '+',
    '\\',
    ' ',
    '\r\n',
    '\0',
    'é',
    '💥',
  ),
  fc.constantFrom(
    'v1.23',
    'v1.41',
    'v0.99',
    'v1.24',
    'v01.41',
    'v1.041',
    'v9.9',
    'V1.41',
    'all=1',
    'http://docker/',
    '@',
    ':',
  ),
  fc.string({ maxLength: 6, unit: 'binary' }),
);

/** A real target with something put in, left out or doubled in a few places. */
const mutated = fc
  .tuple(
    fc.constantFrom(...real),
    fc.array(fc.tuple(fc.nat(), fc.nat({ max: 4 }), piece), { minLength: 1, maxLength: 4 }),
  )
  .map(([target, edits]) =>
    edits.reduce((text, [at, cut, put]) => {
      const place = at % (text.length + 1);
      return text.slice(0, place) + put + text.slice(place + cut);
    }, target),
  );

const target = fc.oneof(mutated, fc.string({ maxLength: 200, unit: 'binary' }), fc.constantFrom(...real));
const method = fc.oneof(
  fc.constantFrom('GET', 'POST', 'HEAD', 'PUT', 'DELETE', 'get', 'GE T', ''),
  fc.string({ maxLength: 20 }),
);

function accepted(given: string, verb = 'GET'): EngineRequest | undefined {
  const parsed = parseEngineRequest(verb, given);
  return 'request' in parsed ? parsed.request : undefined;
}

describe('whatever comes', () => {
  test('what is accepted means the same when it is written anew', () => {
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
    // Otherwise the property says nothing.
    expect(taken).toBeGreaterThan(50);
  });

  test('no accepted path leads elsewhere than it says', () => {
    fc.assert(
      fc.property(target, (given) => {
        const request = accepted(given);
        if (!request) return;
        const path = formatTarget(request).split('?')[0] ?? '';
        for (const segment of path.slice(1).split('/')) {
          expect(segment).toMatch(/^[A-Za-z0-9._:@-]+$/);
          expect(segment).not.toMatch(/^\.+$/);
        }
        // As another reader understands it, who resolves dots and escapes.
        expect(new URL(`http://engine${path}`).pathname).toBe(path);
        expect(path).not.toContain('//');
      }),
      runs,
    );
  });

  test('each parameter is there once, and nothing ends the line', () => {
    fc.assert(
      fc.property(target, (given) => {
        const request = accepted(given);
        if (!request) return;
        const text = formatTarget(request);
        // oxlint-disable-next-line no-control-regex
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
        // What is no version to the parser is a path that no route has.
        expect(request === undefined || (request.version === undefined ? request.segments[0] === text : !old)).toBe(
          true,
        );
      }),
      runs,
    );
  });

  test('a target of any length takes no time', () => {
    for (const unit of ['/', '..', '/a', '%', '&a=', '=', '?', 'v1.', ';'])
      expect(parseEngineRequest('GET', `/v1.41/containers/json?${unit.repeat(5_000_000)}`)).toEqual({
        problem: 'the path is too long',
      });
    const started = performance.now();
    for (const unit of ['/', '..', '/a', '%41', '&a=', '=', '?', 'v1.', ';'])
      parseEngineRequest('GET', `/v1.41/containers/json?${unit.repeat(16_000 / unit.length)}`);
    expect(performance.now() - started).toBeLessThan(1000);
  });
});

test.each(real)('%s is taken', (given) => {
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
])('%s is refused', (given, why) => {
  expect(parseEngineRequest('GET', given)).toEqual({ problem: expect.stringContaining(why) as string });
});

test.each(['get', 'GET ', 'GET /', '', 'G\r\nET', 'A'.repeat(17)])('the method %j is refused', (verb) => {
  expect(parseEngineRequest(verb, '/_ping')).toEqual({ problem: 'the method is not a plain word' });
});
