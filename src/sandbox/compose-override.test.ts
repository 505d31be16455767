import { expect, test } from 'vitest';
import { parse } from 'yaml';

import { renderOverride, type ComposeModel } from './compose-override.ts';

const options = {
  labels: { 'io.drillbook.sandbox': '1', 'io.drillbook.project': '/home/$me/${x}' },
  clockDir: '/s/clock',
  realTimeServices: ['proxy'],
  controlled: { effects: 'drillbook-harness', proxy: 'drillbook-toxiproxy' },
  effects: { service: 'effects', tokenDir: '/s/control' },
  limits: { memory: 1000, processes: 50 },
};
const model: ComposeModel = {
  services: {
    worker: { networks: { back: null } },
    stated: { mem_limit: '5', pids_limit: 7, logging: { driver: 'none' } },
    deployed: { deploy: { resources: { limits: { memory: '5', pids: 7 } } } },
    effects: { networks: { front: null, back: null } },
    proxy: {},
  },
  networks: { front: null, back: { driver: 'bridge' } },
  volumes: { data: null },
};

interface Service {
  readonly labels: Record<string, string>;
  readonly environment?: Record<string, string>;
  readonly volumes?: readonly string[];
  readonly networks?: Record<string, unknown>;
  readonly dns: readonly string[];
  readonly mem_limit?: number;
  readonly pids_limit?: number;
  readonly logging?: { readonly options: Record<string, string> };
}
const text = renderOverride(model, options);
const written = parse(text, { logLevel: 'silent' }) as {
  readonly services: Readonly<Record<string, Service>>;
  readonly networks: Readonly<Record<string, object>>;
  readonly volumes: Readonly<Record<string, object>>;
};
const service = (name: string): Service => {
  const found = written.services[name];
  if (!found) throw new Error(`the override has no ${name}`);
  return found;
};

test('removes the published ports and replaces the resolver of every service', () => {
  expect(text.match(/^ {4}ports: !reset \[\]$/gm)).toHaveLength(5);
  expect(text.match(/^ {4}dns: !override$/gm)).toHaveLength(5);
  expect(service('worker').dns).toEqual(['127.0.0.1']);
});

test('no network leads out or has an address of the host, and Drillbook adds one of its own', () => {
  expect(Object.keys(written.networks)).toEqual(['front', 'back', 'drillbook-harness']);
  for (const network of Object.values(written.networks))
    expect(network).toMatchObject({
      internal: true,
      driver_opts: { 'com.docker.network.bridge.inhibit_ipv4': 'true' },
    });
});

test('a model without networks has the default one', () => {
  const without = parse(renderOverride({ services: { a: {} } }, options), { logLevel: 'silent' }) as typeof written;
  expect(Object.keys(without.networks)).toEqual(['default', 'drillbook-harness']);
  expect(without.volumes).toBeUndefined();
});

test('labels everything, and a dollar in a label stays a dollar', () => {
  const labels = { 'io.drillbook.sandbox': '1', 'io.drillbook.project': '/home/$$me/$${x}' };
  for (const part of [written.services, written.networks, written.volumes])
    for (const object of Object.values(part)) expect(object).toMatchObject({ labels });
});

test('adds limits only if the file states none', () => {
  expect(service('worker')).toMatchObject({ mem_limit: 1000, pids_limit: 50 });
  for (const name of ['stated', 'deployed']) {
    expect(service(name).mem_limit).toBeUndefined();
    expect(service(name).pids_limit).toBeUndefined();
  }
  expect(service('worker').logging?.options).toMatchObject({ 'max-size': '64m' });
  expect(service('stated').logging).toBeUndefined();
});

test('puts the services that Drillbook measures with on its network beside their own, and no others', () => {
  expect(service('worker').networks).toBeUndefined();
  expect(service('effects').networks).toEqual({
    front: {},
    back: {},
    'drillbook-harness': { aliases: ['drillbook-harness'] },
  });
  expect(service('proxy').networks).toEqual({
    default: {},
    'drillbook-harness': { aliases: ['drillbook-toxiproxy'] },
  });
});

test('gives the token to the service that checks it, and the clock to those that can load it', () => {
  const tokens = Object.keys(written.services).filter((name) =>
    service(name).volumes?.some((volume) => volume.startsWith('/s/control:')),
  );
  expect(tokens).toEqual(['effects']);
  expect(service('effects').environment).toMatchObject({ DRILLBOOK_CONTROL_HOST: 'drillbook-harness' });
  expect(service('proxy').environment).toBeUndefined();
  expect(service('worker').environment).toEqual({ LD_PRELOAD: '/drillbook/libsandboxclock.so' });
});
