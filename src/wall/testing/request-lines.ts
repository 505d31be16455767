import fc from 'fast-check';

/** Targets as `docker` and `docker compose` send them. */
export const real = [
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

/** A real target with a few insertions, deletions and repetitions. */
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

/** Real targets, damaged ones, and any text. */
export const targets = fc.oneof(mutated, fc.string({ maxLength: 200, unit: 'binary' }), fc.constantFrom(...real));
export const methods = fc.oneof(
  fc.constantFrom('GET', 'POST', 'HEAD', 'PUT', 'DELETE', 'get', 'GE T', ''),
  fc.string({ maxLength: 20 }),
);
