import { mkdtempDisposable, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';

import { openPage } from './open-page.ts';

const colors = `<style>
  body { background: rgb(255, 255, 255) }
  @media (prefers-color-scheme: dark) { body { background: rgb(0, 0, 0) } }
</style>`;
const background = 'getComputedStyle(document.body).backgroundColor';

afterEach(() => vi.unstubAllEnvs());

test('opens a file', async () => {
  await using folder = await mkdtempDisposable(path.join(tmpdir(), 'drillbook-page-'));
  const file = path.join(folder.path, 'a page #1.html');
  await writeFile(file, '<title>Alerts</title><h1>ready</h1>');
  await using opened = await openPage({ file });
  expect(await opened.page.title()).toBe('Alerts');
  expect(opened.requests).toEqual([]);
});

test('draws the light and the dark scheme', async () => {
  for (const [colorScheme, color] of [
    ['light', 'rgb(255, 255, 255)'],
    ['dark', 'rgb(0, 0, 0)'],
  ] as const) {
    await using opened = await openPage({ html: colors }, { colorScheme, viewport: { width: 300, height: 200 } });
    expect(await opened.page.evaluate(background)).toBe(color);
    expect(widthOf(await opened.page.screenshot())).toBe(300);
  }
});

test('reaches no network, and reports what the page asked for', async () => {
  let answered = 0;
  const server = createServer((_, response) => {
    answered += 1;
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/picture.png`;
  try {
    await using opened = await openPage({ html: `<img src="${url}">` });
    expect(opened.requests).toEqual([url]);
    expect(answered).toBe(0);
  } finally {
    server.close();
  }
});

test('closes the browser', async () => {
  const opened = await openPage({ html: '' });
  const browser = opened.page.context().browser();
  expect(browser?.isConnected()).toBe(true);
  await opened[Symbol.asyncDispose]();
  expect(browser?.isConnected()).toBe(false);
});

test('says what to install if there is no browser', async () => {
  vi.stubEnv('PATH', '');
  await expect(openPage({ html: '' })).rejects.toThrow(/page tests need a Chromium.+install one/);
});

/** Width of a PNG, in pixels: the first field of its header. */
function widthOf(png: Buffer): number {
  return png.readUInt32BE(16);
}
