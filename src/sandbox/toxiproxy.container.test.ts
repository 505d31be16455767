import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import Docker from 'dockerode';
import { Toxiproxy as Client } from 'toxiproxy-node-client';
import { Wait, type StartedTestContainer } from 'testcontainers';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';

import { imageOf, testContainer } from './testing/beside-sandbox.ts';
import { Toxiproxy } from './toxiproxy.ts';

let container: StartedTestContainer;
let address: { readonly host: string; readonly port: number };
let toxiproxy: Toxiproxy;
beforeAll(async () => {
  container = await testContainer(await imageOf('toxiproxy'))
    .withCommand(['-host=0.0.0.0'])
    .withExposedPorts(8474, 7000)
    .withWaitStrategy(Wait.forHttp('/version', 8474))
    .start();
  address = { host: container.getHost(), port: container.getMappedPort(8474) };
  toxiproxy = new Toxiproxy(address);
  // The proxy leads to Toxiproxy's own port, which answers HTTP.
  await new Client(`http://${address.host}:${address.port}`).createProxy({
    name: 'own',
    listen: '0.0.0.0:7000',
    upstream: '127.0.0.1:8474',
  });
});
beforeEach(() => toxiproxy.reset());
afterAll(() => container.stop());

const askThroughProxy = (): Promise<string> =>
  fetch(`http://${address.host}:${container.getMappedPort(7000)}/version`, { signal: AbortSignal.timeout(1500) }).then(
    (response) => response.text(),
    () => 'no answer',
  );

test('gives the port of a proxy, and names the proxies if there is none of that name', async () => {
  expect(await toxiproxy.portOf('own')).toBe(7000);
  await expect(toxiproxy.portOf('none')).rejects.toMatchObject({ code: 'PROXY_UNKNOWN', next: 'choose one of own' });
});

test('a disabled proxy answers nothing until it is enabled again', async () => {
  await toxiproxy.setEnabled('own', false);
  expect(await askThroughProxy()).toBe('no answer');
  await toxiproxy.setEnabled('own', true);
  expect(await askThroughProxy()).toContain('version');
});

test('a toxic works until it is removed, and removing it twice does nothing', async () => {
  const latency = { type: 'latency', attributes: { latency: 60_000, jitter: 0 } } as const;
  await toxiproxy.addToxic('own', { ...latency, name: 'late', stream: 'downstream' });
  await toxiproxy.addToxic('own', { ...latency, name: 'later', stream: 'upstream' });
  expect(await askThroughProxy()).toBe('no answer');
  await toxiproxy.removeToxic('own', 'late');
  expect(await askThroughProxy()).toBe('no answer');
  for (const name of ['late', 'later', 'later']) await toxiproxy.removeToxic('own', name);
  expect(await askThroughProxy()).toContain('version');
});

test('an error names what Toxiproxy was asked to do', async () => {
  const toxic = { name: 'twice', type: 'latency', stream: 'upstream', attributes: { latency: 1, jitter: 0 } } as const;
  await toxiproxy.addToxic('own', toxic);
  await expect(toxiproxy.addToxic('own', toxic)).rejects.toThrow(/^Toxiproxy did not add twice to own: .*409/);
});

test('gives up after 5 s if Toxiproxy does not answer', async () => {
  const frozen = new Docker().getContainer(container.getId());
  await frozen.pause();
  try {
    const began = performance.now();
    await expect(toxiproxy.reset()).rejects.toThrow(/^Toxiproxy did not reset: /);
    expect(performance.now() - began).toBeLessThan(7000);
  } finally {
    await frozen.unpause();
  }
});

test.each([{}, { NODE_USE_ENV_PROXY: '1' }])(
  'reaches Toxiproxy directly whatever proxy is set, with %j',
  async (more) => {
    // Nothing listens at port 1: a call that goes through this proxy is refused.
    const proxy = 'http://127.0.0.1:1';
    const names = ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'https_proxy', 'ALL_PROXY', 'all_proxy'];
    const script = `
    import { Toxiproxy } from ${JSON.stringify(import.meta.resolve('./toxiproxy.ts'))};
    console.log(await new Toxiproxy(${JSON.stringify(address)}).portOf('own'));`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
      env: { ...process.env, ...Object.fromEntries(names.map((name) => [name, proxy])), ...more },
    });
    expect(stdout.trim()).toBe('7000');
  },
);
