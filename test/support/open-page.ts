import { pathToFileURL } from 'node:url';

import { chromium, type Page } from 'playwright-core';

import { findChromium } from '../../setup/chromium.mjs';

/** A page in a browser of its own. Disposal closes the browser. */
export interface OpenPage extends AsyncDisposable {
  readonly page: Page;
  /** URLs that the page has asked for since it was opened. A page that stands alone asks for nothing. */
  readonly requests: readonly string[];
}

interface PageOptions {
  /** Default: light. */
  readonly colorScheme?: 'light' | 'dark';
  /** Default: 1280 × 800. */
  readonly viewport?: { readonly width: number; readonly height: number };
}

const flags = ['--no-sandbox', '--disable-gpu', '--disable-background-networking'];

/**
 * Opens a page in the installed Chromium, headless, with a fresh profile. A page from a file or a text has no network.
 * @throws Error if there is no Chromium on the PATH
 */
export async function openPage(
  source: { readonly file: string } | { readonly html: string } | { readonly url: string },
  { colorScheme = 'light', viewport = { width: 1280, height: 800 } }: PageOptions = {},
): Promise<OpenPage> {
  await using stack = new AsyncDisposableStack();
  // Each launch gets an empty profile in a temporary folder, which the end of the browser removes.
  const browser = await chromium.launch({ executablePath: findChromium(), args: flags });
  stack.defer(() => browser.close());
  const context = await browser.newContext({ colorScheme, viewport, offline: !('url' in source) });
  const page = await context.newPage();
  const own = 'file' in source ? pathToFileURL(source.file).href : 'url' in source ? source.url : undefined;
  const requests: string[] = [];
  page.on('request', (request) => {
    if (request.url() !== own) requests.push(request.url());
  });
  if (own === undefined) await page.setContent('html' in source ? source.html : '');
  else await page.goto(own);
  const opened = stack.move();
  return { page, requests, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}
