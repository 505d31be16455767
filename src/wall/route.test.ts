import fc from 'fast-check';
import { expect, test } from 'vitest';

import { matchPath } from './route.ts';

test.each([
  ['_ping', '_ping', {}],
  ['containers/json', 'containers/json', {}],
  ['containers/:container/json', 'containers/redis/json', { container: 'redis' }],
  ['containers/:container/json', 'containers/json/json', { container: 'json' }],
  ['images/*image/json', 'images/redis:8/json', { image: 'redis:8' }],
  ['images/*image/json', 'images/a.example/b/c/json', { image: 'a.example/b/c' }],
  ['images/*image/json', 'images/json/json', { image: 'json' }],
])('%s matches %s', (pattern, path, named) => {
  expect(matchPath(pattern, path.split('/'))).toEqual(named);
});

test.each([
  ['_ping', '_ping/x'],
  ['containers/json', 'containers/JSON'],
  ['containers/:container/json', 'containers/json'],
  ['containers/:container/json', 'containers/a/b/json'],
  ['containers/:container', 'containers'],
  ['images/*image/json', 'images/json'],
  ['images/*image/json', 'images/a/b'],
  ['images/*image/json', 'images/a/json/push'],
])('%s does not match %s', (pattern, path) => {
  expect(matchPath(pattern, path.split('/'))).toBeUndefined();
});

test('the named parts, put back into the pattern, give the path', () => {
  const pattern = fc.constantFrom('containers/:a/json', 'images/*a/json', 'images/*a', ':a/x', 'exec/:a/start');
  const segment = fc.constantFrom('containers', 'images', 'exec', 'json', 'start', 'x', 'a', ':a', '*a');
  const property = fc.property(pattern, fc.array(segment, { maxLength: 6 }), (given, segments) => {
    const named = matchPath(given, segments);
    return named === undefined || given.replace(/[:*]a/, () => named['a'] ?? '') === segments.join('/');
  });
  expect(fc.check(property, { numRuns: 1000 })).toMatchObject({ failed: false });
});
